using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests;

/// <summary>Networks whose behaviour under attack is known beforehand, and images for them.</summary>
internal static class ToyDefences
{
    /// <summary>Random images whose brightest channel is the label, most of them by a small margin.</summary>
    public static LabelledImages Images(int count)
    {
        var random = new Random(5);
        var pixels = new byte[count * 3 * 16 * 16];
        random.NextBytes(pixels);
        var labels = Enumerable.Range(0, count).Select(index => index % 3).ToArray();
        for (var image = 0; image < count; image++)
        {
            for (var pixel = 0; pixel < 256; pixel++)
            {
                var at = (((image * 3) + labels[image]) * 256) + pixel;
                pixels[at] = (byte)Math.Min(255, pixels[at] + (image % 5 * 10));
            }
        }
        return new LabelledImages("tiny", pixels, labels, 16, 16, ["red", "green", "blue"]);
    }
}

internal sealed class MeanChannelClassifier(float sign) : nn.Module<Tensor, Tensor>("mean")
{
    public override Tensor forward(Tensor input) => input.mean([2, 3]) * (10 * sign);
}

internal sealed class Identity() : nn.Module<Tensor, Tensor>("identity")
{
    public override Tensor forward(Tensor input) => input.alias();
}

internal sealed class Darken() : nn.Module<Tensor, Tensor>("darken")
{
    public override Tensor forward(Tensor input) => input * 0.7;
}

internal sealed class Invert() : nn.Module<Tensor, Tensor>("invert")
{
    public override Tensor forward(Tensor input) => 1 - input;
}

/// <summary>Lets no gradient through: attacks on the whole defence see a flat loss.</summary>
internal sealed class GradientKiller() : nn.Module<Tensor, Tensor>("killer")
{
    public override Tensor forward(Tensor input) => (input * 255).round() / 255; // rounding has slope 0 everywhere
}

/// <summary>Shifts each colour of each image by another small amount at every call.</summary>
internal sealed class Flickering() : nn.Module<Tensor, Tensor>("flickering")
{
    private readonly Generator _random = new(7);

    public override Tensor forward(Tensor input) => ((input * 0.8) + 0.1 + (0.02 * randn([input.shape[0], 3, 1, 1], generator: _random))).clamp(0, 1);
}

/// <summary>Adds other noise at every call.</summary>
internal sealed class Noisy() : nn.Module<Tensor, Tensor>("noisy")
{
    private readonly Generator _random = new(8);

    public override Tensor forward(Tensor input) => (input + (0.05 * rand(input.shape, generator: _random))).clamp(0, 1);
}

/// <summary>What a function makes of the images.</summary>
internal sealed class Answering(Func<Tensor, Tensor> answer) : nn.Module<Tensor, Tensor>("answering")
{
    public override Tensor forward(Tensor input) => answer(input);
}
