using Maep.Images;
using Maep.Samples.CorruptedPhotos;
using Maep.Samples.PhotoClassification;
using Microsoft.ML;
using Xunit.Abstractions;

namespace Maep.Samples.Tests;

[Trait("needs", "data")]
public sealed class CorruptedPhotosTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-corrupted-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Darkness_costs_accuracy_and_the_clean_severity_does_not()
    {
        var (photos, classIndex, classifier) = Inputs.Photographs();
        foreach (var photo in PhotoRow.Find(photos, classIndex, 6))
        {
            var image = ImageFile.Read(photo.Path).Resize(224, 224);
            Write(photo.Path, image, severity: 1);
            Write(photo.Path, image with { Planar = Array.ConvertAll(image.Planar, value => (byte)(value / 60)) }, severity: 5);
        }
        var mlContext = new MLContext(seed: 1);
        var images = mlContext.Data.LoadImageNetC(_folder, classIndex);

        var alone = CorruptionAccuracy.Measure(mlContext, images, CorruptionAccuracy.Pipeline(mlContext, classifier, purify: false));
        var purified = CorruptionAccuracy.Measure(mlContext, images, CorruptionAccuracy.Pipeline(mlContext, classifier, purify: true));

        output.WriteLine(string.Join(", ", alone.Concat(purified)));
        Assert.Equal([("darkness", 1), ("darkness", 5)], alone.Keys);
        Assert.InRange(alone[("darkness", 1)], 0.5, 1);
        Assert.InRange(alone[("darkness", 5)], 0, alone[("darkness", 1)] - 0.3);
        Assert.InRange(purified[("darkness", 1)] - alone[("darkness", 1)], -0.34, 0.34);
    }

    private void Write(string photo, RgbImage image, int severity)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "darkness", $"{severity}", Path.GetFileName(Path.GetDirectoryName(photo))!)).FullName;
        File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(photo)), ImageFile.Png(image));
    }
}
