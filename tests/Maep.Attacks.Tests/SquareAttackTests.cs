using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks.Tests;

public sealed class SquareAttackTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 2)]
    [InlineData(50, 2)]
    [InlineData(51, 4)]
    [InlineData(201, 8)]
    [InlineData(501, 16)]
    [InlineData(1001, 32)]
    [InlineData(2001, 64)]
    [InlineData(4001, 128)]
    [InlineData(6001, 256)]
    [InlineData(8001, 512)]
    public void Squares_shrink_at_the_queries_of_the_original(int query, int divisor)
    {
        Assert.Equal(0.8 / divisor, new SquareOptions().Share(query), 1e-12);
    }

    [Fact]
    public void Linf_moves_one_square_of_one_colour_to_a_corner_of_the_ball()
    {
        using var scope = NewDisposeScope();
        var images = full([5, 3, 8, 8], 0.5f);

        var change = new LinfSquareMoves(0.1).Propose(images, images, side: 3.4, new ImageStreams(1, 0, 5)) - images;

        Assert.All(change.unbind(0), one =>
        {
            Assert.All(one.unbind(0), channel => Assert.Single(TinyImages.Values(channel).Where(value => value != 0).Distinct()));
            Assert.Equal(9 * 3, one.ne(0).sum().item<long>());
        });
        Assert.Equal(0.1, TinyImages.Largest(change.abs()), 1e-6);
    }

    [Fact]
    public void A_window_masks_the_pixels_it_lists()
    {
        using var scope = NewDisposeScope();
        var images = zeros(4, 2, 7, 9);
        var window = SquareWindow.Draw(images, 3, new ImageStreams(3, 0, 4));

        var listed = images.flatten(2).scatter(2, window.Pixels(2), ones(4, 2, 9)).reshape(images.shape);

        Assert.Equal(TinyImages.Values(listed), TinyImages.Values(window.Mask().expand(4, 2, 7, 9)));
        Assert.Equal(4 * 2 * 9, listed.sum().item<float>());
    }

    [Fact]
    public void L2_candidates_have_length_epsilon_where_no_pixel_meets_its_border()
    {
        using var scope = NewDisposeScope();
        var (moves, streams, images) = (new L2SquareMoves(0.3), new ImageStreams(1, 0, 4), full([4, 3, 16, 16], 0.5f));

        var start = moves.Start(images, streams);
        var next = moves.Propose(images, start, side: 5, streams.Fork(1));

        Assert.All(TinyImages.Values(PerturbationNorm.L2.Measure(start - images)), length => Assert.Equal(0.3f, length, 1e-5f));
        Assert.All(TinyImages.Values(PerturbationNorm.L2.Measure(next - images)), length => Assert.Equal(0.3f, length, 1e-5f));
    }

    [Fact]
    public void The_l2_pattern_is_a_hill_over_a_valley_of_length_1()
    {
        using var scope = NewDisposeScope();

        var pattern = L2SquareMoves.Pattern(5);

        Assert.Equal(1, pattern.norm().item<float>(), 1e-6f);
        Assert.True(pattern.narrow(0, 0, 2).gt(0).all().item<bool>());
        Assert.True(pattern.narrow(0, 2, 3).lt(0).all().item<bool>());
    }

    [Theory]
    [InlineData("Linf", 0.05)]
    [InlineData("L2", 0.5)]
    public void Scores_alone_are_enough(string norm, double epsilon)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = HalvesClassifier.Batch(6, seed: 2);
        using var model = new HalvesClassifier();
        var blackBox = new BlackBoxClassifier(asked => model.call(asked));
        var attack = new SquareAttack(new SquareOptions { Norm = PerturbationNorm.Parse(norm), Epsilon = epsilon, Queries = 300 });

        var adversarial = attack.Perturb(blackBox, images, labels, new ImageStreams(1, 0, 6));

        Assert.Equal(0, model.call(adversarial).argmax(1).eq(labels).sum().item<long>());
    }

    [Fact]
    public void Options_list_every_fault_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new SquareOptions { Epsilon = -1, Queries = 0, InitialShare = 0, Restarts = 0 }.Validate());

        Assert.Equal("Epsilon -1 must be at least 0. Queries 0 must be at least 1. InitialShare 0 must be above 0 and at most 1. Restarts 0 must be at least 1.", error.Message);
    }
}
