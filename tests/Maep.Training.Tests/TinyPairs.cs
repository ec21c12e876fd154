using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

/// <summary>Ten random 8x8 images, a classifier to attack, and recipes that train on them in a second.</summary>
internal static class TinyPairs
{
    public const int Images = 10;

    public static PairRecipe Recipe { get; } = new()
    {
        Classifiers = [new PairClassifier { Path = "a" }, new PairClassifier { Path = "b" }],
        Attacks = [new PairAttack { Steps = 2 }, new PairAttack { Kind = "fgsm" }, new PairAttack { Kind = "mifgsm", Steps = 2 }],
        BatchSize = 4,
    };

    public static LabelledImages Set()
    {
        var random = new Random(5);
        var pixels = new byte[Images * 3 * 64];
        random.NextBytes(pixels);
        return new LabelledImages("tiny", pixels, [.. Enumerable.Range(0, Images).Select(image => image % 3)], 8, 8, ["red", "green", "blue"]);
    }

    public static AdversarialPairs Make(string path, PairRecipe? recipe = null, Action<int>? progress = null, CancellationToken cancellation = default) =>
        new PairGenerator(recipe ?? Recipe, _ => new ChannelMeans()).LoadOrMake(Set(), path, progress ?? (_ => { }), cancellation);

    /// <summary>Channel means as logits.</summary>
    public sealed class ChannelMeans() : nn.Module<Tensor, Tensor>(nameof(ChannelMeans))
    {
        public override Tensor forward(Tensor input) => input.mean([2, 3]);
    }
}
