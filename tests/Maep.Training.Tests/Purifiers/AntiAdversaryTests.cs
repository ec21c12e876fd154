using Maep.Networks.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Purifiers;

public sealed class AntiAdversaryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_linear_classifier_moves_each_pixel_twice_towards_the_answer_it_gives()
    {
        // Channel means as logits: the loss of the brightest channel falls where it gets brighter and the others darker.
        var image = full([1, 3, 4, 4], 0.5f);
        image[0, 1] = image[0, 1] + 0.1f;

        using var noGradient = no_grad();
        var moved = new AntiAdversary(new ChannelMeans(), 0.15).call(image);

        Assert.Equal([0.2f, 0.9f, 0.2f], moved[0, .., 0, 0].data<float>().ToArray(), (expected, actual) => Math.Abs(expected - actual) < 1e-6);
        Assert.False(moved.requires_grad);
    }

    [Fact]
    public void A_wrong_answer_is_strengthened_as_a_right_one_is()
    {
        using var random = new Generator(2);
        var images = rand([20, 3, 4, 4], generator: random);
        var classifier = new ChannelMeans();

        var moved = new AntiAdversary(classifier).call(images);

        var (before, after) = (classifier.call(images), classifier.call(moved));
        Assert.True(before.argmax(1).equal(after.argmax(1)).all().item<bool>());
        Assert.True((after.amax([1]) - after.amin([1])).gt(before.amax([1]) - before.amin([1])).all().item<bool>());
    }

    [Fact]
    public void Gradients_pass_as_identity_and_no_weights_are_its_own()
    {
        var images = full([1, 3, 4, 4], 0.5f).requires_grad_();
        using var purifier = new AntiAdversary(new Weighted());

        purifier.call(images).sum().backward();

        Assert.True(images.grad!.eq(1).all().item<bool>());
        Assert.Empty(purifier.parameters());
    }

    private sealed class ChannelMeans() : nn.Module<Tensor, Tensor>(nameof(ChannelMeans))
    {
        public override Tensor forward(Tensor input) => input.mean([2, 3]);
    }

    private sealed class Weighted : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _layer = nn.Linear(3, 2);

        public Weighted() : base(nameof(Weighted)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _layer.call(input.mean([2, 3]));
    }
}
