using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// Nearest point of a hyperplane inside the pixel range [0, 1], in Linf or L2 (Croce and Hein, 2020, FAB, section 2.2). Either is a threshold t:
/// pixel i moves by m_i = min(t, room_i) in Linf and by |w_i| min(t, room_i / |w_i|) in L2, where room_i is its distance to the border it moves to,
/// and t makes the sum of |w_i| m_i equal to what is left to the hyperplane. That sum is concave and piecewise linear in t, so Newton's method
/// from 0 climbs to the exact threshold in a few steps and needs no sorting.
/// </summary>
internal static class BoxProjection
{
    private const double Negligible = 1e-8; // share of the largest weight below which a pixel stays where it is

    /// <summary>Shortest moves from points onto hyperplanes w . z = w . point - offset; the whole way to the nearest corner where the hyperplane misses the box.</summary>
    /// <param name="norm">What shortest means.</param>
    /// <param name="points">[N, D] in [0, 1].</param>
    /// <param name="normals">[N, D], w.</param>
    /// <param name="offsets">[N]: w . point less its value on the hyperplane.</param>
    /// <returns>[N, D], to add to the points.</returns>
    public static Tensor Move(PerturbationNorm norm, Tensor points, Tensor normals, Tensor offsets)
    {
        using var scope = NewDisposeScope();
        var largest = normals.abs().amax([1], keepdim: true).clamp_min(float.Epsilon);
        var weights = normals.abs() / largest;
        weights = weights * weights.gt(Negligible);
        var direction = -normals.sign() * offsets.sign().unsqueeze(1) * weights.gt(0);
        var room = where(direction > 0, 1 - points, points);
        var speed = norm == PerturbationNorm.L2 ? weights : ones_like(weights); // of a pixel as the threshold rises
        var caps = where(weights > 0, room / speed, zeros_like(room));
        var threshold = Threshold(weights * speed, weights * room, caps, offsets.abs().unsqueeze(1) / largest);
        return (direction * speed * minimum(caps, threshold)).MoveToOuterDisposeScope();
    }

    // The t at which the sum of slopes * min(t, caps) is the goal, infinity when it never is; gains = slopes * caps. All [N, D] or [N, 1].
    private static Tensor Threshold(Tensor slopes, Tensor gains, Tensor caps, Tensor goal)
    {
        var threshold = zeros_like(goal);
        while (true)
        {
            using var iteration = NewDisposeScope();
            var full = caps.le(threshold).to(ScalarType.Float32);
            var rest = goal - (full * gains).sum(1, keepdim: true);
            var slope = ((1 - full) * slopes).sum(1, keepdim: true);
            var next = where(slope > 0, rest / slope, full_like(rest, float.PositiveInfinity));
            next = maximum(next, threshold); // only rounding could lower it, and then for ever
            if (next.eq(threshold).all().item<bool>())
                return threshold.MoveToOuterDisposeScope();
            threshold = next.MoveToOuterDisposeScope();
        }
    }
}
