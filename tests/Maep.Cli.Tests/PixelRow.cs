using Maep.Training.Data;
using Microsoft.ML.Data;

namespace Maep.Cli.Tests;

/// <summary>A 32x32 image as a row of an ML.NET data view: planar RGB in [0, 1].</summary>
internal sealed class PixelRow
{
    [VectorType(3 * 32 * 32)]
    public float[] Pixels { get; set; } = [];

    public static PixelRow[] Of(LabelledImages images) =>
        [.. Enumerable.Range(0, images.Count).Select(index => new PixelRow { Pixels = Array.ConvertAll(images.Image(index).ToArray(), value => value / 255f) })];
}
