using Maep.Attacks;
using Maep.Export;
using Maep.Training.Data;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Samples.Measuring;

/// <summary>An image of CIFAR-10 as a row of ML.NET.</summary>
public sealed class CifarRow
{
    private const int Length = 3 * CifarReader.ImageSize * CifarReader.ImageSize;
    private const int BatchSize = 50;

    /// <summary>Planar RGB in [0, 1].</summary>
    [VectorType(Length)]
    public float[] Pixels { get; set; } = [];

    /// <summary>Class index from 0. In columns such as PredictedLabel, ML.NET counts the same keys from 1.</summary>
    [KeyType(10)]
    public uint Label { get; set; }

    /// <summary>Images as they are.</summary>
    public static CifarRow[] Clean(LabelledImages images) =>
        [.. Enumerable.Range(0, images.Count).Select(index => Of(images, index, Array.ConvertAll(images.Image(index).ToArray(), value => value / 255f)))];

    /// <summary>The same images, attacked with gradients of a classifier.</summary>
    /// <param name="images">Images to attack.</param>
    /// <param name="classifier">A model file that <see cref="ModelFile.Open"/> reads.</param>
    /// <param name="attack">The attack; it sees the classifier and no purifier.</param>
    public static CifarRow[] Attacked(LabelledImages images, string classifier, IAttack attack)
    {
        var rows = new List<CifarRow>();
        using var network = ModelFile.Open(classifier).Network;
        using var random = new Generator(0);
        foreach (var (clean, labels) in images.Batches(BatchSize))
        {
            using var attacked = attack.Perturb(network, clean, labels, random);
            foreach (var pixels in attacked.data<float>().ToArray().Chunk(Length))
                rows.Add(Of(images, rows.Count, pixels));
            clean.Dispose();
            labels.Dispose();
        }
        return [.. rows];
    }

    private static CifarRow Of(LabelledImages images, int index, float[] pixels) => new() { Pixels = pixels, Label = (uint)images.Labels[index] };
}
