using System.Globalization;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

var random = new Random(5);
var rows = Enumerable.Range(0, 4).Select(_ => PixelRow.Noise(random)).ToArray();

// README
var mlContext = new MLContext();
IDataView images = mlContext.Data.LoadFromEnumerable(rows); // float[3 * 32 * 32], planar RGB in [0, 1]
var pipeline = mlContext.Transforms.PurifyAdversarial("Purified", "Pixels", PurifierModels.MaepCifar10);
var model = pipeline.Fit(images);
var purified = model.Transform(images).GetColumn<float[]>("Purified").ToArray();
// END

Require(purified.Length == rows.Length, $"{rows.Length} images went in, {purified.Length} came out");
foreach (var (before, after) in rows.Zip(purified))
{
    var change = MeanDifference(before.Pixels, after);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{before.Pixels[0]:F4} became {after[0]:F4}, mean change of the image {change:F4}"));
    Require(after.Length == PixelRow.Length && after.All(value => value is >= 0 and <= 1), "a purified pixel is outside [0, 1]");
    Require(change > 0.001, "the purifier changed nothing");
}

var file = Path.Combine(AppContext.BaseDirectory, "purifier.onnx");
using (var shipped = PurifierModels.Open(PurifierModels.MaepCifar10))
using (var copy = File.Create(file))
    shipped.CopyTo(copy);
var fromFile = mlContext.Transforms.PurifyAdversarial("Purified", "Pixels", file).Fit(images).Transform(images).GetColumn<float[]>("Purified");
Require(purified.Zip(fromFile, MeanDifference).Max() < 1e-6, "the model file purifies otherwise than the shipped model");

var zip = Path.Combine(AppContext.BaseDirectory, "model.zip");
mlContext.Model.Save(model, images.Schema, zip);
var reloaded = mlContext.Model.Load(zip, out _).Transform(images).GetColumn<float[]>("Purified");
Require(purified.Zip(reloaded, MeanDifference).Max() < 1e-4, "the saved pipeline purifies otherwise than the fitted one");
Console.WriteLine("Maep.Transforms purifies from its package: shipped model, model file and saved pipeline agree.");

static double MeanDifference(float[] first, float[] second) => first.Zip(second, (a, b) => Math.Abs((double)a - b)).Average();

static void Require(bool condition, string failure)
{
    if (!condition)
        throw new InvalidOperationException(failure);
}

internal sealed class PixelRow
{
    public const int Length = 3 * 32 * 32;

    [VectorType(Length)]
    public float[] Pixels { get; set; } = [];

    public static PixelRow Noise(Random random) => new() { Pixels = [.. Enumerable.Range(0, Length).Select(_ => random.NextSingle())] };
}
