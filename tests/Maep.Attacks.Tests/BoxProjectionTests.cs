using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class BoxProjectionTests
{
    private const int Pixels = 6; // 64 sets of pixels at their border: few enough to try them all
    private const double Rounding = 2e-5;

    private static readonly Gen<(bool L2, float[] Point, float[] Normal, float Share)> Problems = Gen.Select(
        Gen.Bool, Value(0, 1).Array[Pixels], Value(-3, 3).Array[Pixels], Even(-1.4f, 1.4f));

    // Exact borders and exact zeros are where projections go wrong. Values of 1e-30, which Gen.Float likes, have products below what a float holds.
    private static Gen<float> Value(float low, float high) => Gen.Frequency((1, Gen.Const(Math.Max(low, 0))), (1, Gen.Const(high)), (6, Even(low, high)));

    private static Gen<float> Even(float low, float high) => Gen.Float.Unit.Select(share => low + (share * (high - low)));

    [Fact]
    public void Move_is_as_short_as_the_best_of_all_sets_of_pixels_at_their_border() => Problems.Sample(
        problem =>
        {
            using var scope = NewDisposeScope();
            var (point, normal) = (problem.Point, problem.Normal);
            var up = problem.Share < 0;
            var rooms = Enumerable.Range(0, Pixels).Select(i => (double)((normal[i] > 0) == up ? 1 - point[i] : point[i])).ToArray();
            var reach = Enumerable.Range(0, Pixels).Sum(i => Math.Abs(normal[i]) * rooms[i]);
            var offset = reach * problem.Share; // beyond the box where |Share| > 1

            var move = TinyImages.Values(BoxProjection.Move(
                problem.L2 ? PerturbationNorm.L2 : PerturbationNorm.Linf, tensor(point, [1, Pixels]), tensor(normal, [1, Pixels]), tensor([(float)offset])));

            Assert.All(Enumerable.Range(0, Pixels), i => Assert.InRange(point[i] + move[i], -Rounding, 1 + Rounding));
            var moved = -Enumerable.Range(0, Pixels).Sum(i => (double)normal[i] * move[i]);
            Assert.Equal(Math.Clamp(offset, -reach, reach), moved, Rounding * (1 + reach));
            if (Math.Abs(problem.Share) < 1)
                Assert.Equal(Shortest(problem.L2, normal, rooms, Math.Abs(offset)), Length(problem.L2, move), 1e-4);
        },
        iter: 500, threads: 1);

    [Fact]
    public void Every_row_is_its_own_problem()
    {
        using var scope = NewDisposeScope();
        var points = tensor([0.5f, 0.5f, 0.5f, 0.1f], [2, 2]);
        var normals = tensor([1f, 1, 1, 1], [2, 2]);

        var moves = BoxProjection.Move(PerturbationNorm.Linf, points, normals, tensor([0.2f, 0.5f]));

        // The second row's last pixel has room for 0.1 only; the other takes the rest.
        Assert.All(new[] { -0.1f, -0.1f, -0.4f, -0.1f }.Zip(TinyImages.Values(moves)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Theory]
    [InlineData("Linf")]
    [InlineData("L2")]
    public void A_point_on_the_hyperplane_and_a_normal_of_zero_do_not_move(string norm)
    {
        using var scope = NewDisposeScope();

        var moves = BoxProjection.Move(PerturbationNorm.Parse(norm), full([2, 3], 0.5f), tensor([1f, -1, 2, 0, 0, 0], [2, 3]), tensor([0f, 1]));

        Assert.All(TinyImages.Values(moves), move => Assert.Equal(0, move));
    }

    // Pixels of the set move by their room; the others reach the hyperplane together, as the norm without a box would have it.
    private static double Shortest(bool l2, float[] normal, double[] rooms, double offset)
    {
        var best = double.PositiveInfinity;
        for (var set = 0; set < 1 << Pixels; set++)
        {
            double[] weights = [.. normal.Select((w, i) => ((set >> i) & 1) == 1 ? 0 : (double)Math.Abs(w))];
            var rest = offset - Enumerable.Range(0, Pixels).Where(i => ((set >> i) & 1) == 1).Sum(i => Math.Abs(normal[i]) * rooms[i]);
            var speed = weights.Sum(w => l2 ? w * w : w);
            if (rest < -1e-9 || (speed == 0 && rest > 1e-9))
                continue;
            double[] move = [.. weights.Select((w, i) => ((set >> i) & 1) == 1 ? rooms[i] : w == 0 ? 0 : rest / speed * (l2 ? w : 1))];
            if (move.Zip(rooms).All(pair => pair.First <= pair.Second + 1e-9))
                best = Math.Min(best, Length(l2, [.. move.Select(value => (float)value)]));
        }
        return best;
    }

    private static double Length(bool l2, float[] move) => l2 ? Math.Sqrt(move.Sum(value => (double)value * value)) : move.Max(Math.Abs);
}
