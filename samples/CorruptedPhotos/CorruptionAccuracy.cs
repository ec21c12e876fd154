using Maep.Transforms;
using Microsoft.ML;

namespace Maep.Samples.CorruptedPhotos;

/// <summary>Accuracy of any ML.NET pipeline on images loaded by LoadImageNetC, by corruption and severity.</summary>
public static class CorruptionAccuracy
{
    /// <summary>LoadImages, the purifier in tiles where asked for, and a classifier in ONNX: RGB in [0, 1] from "image" [N, 3, 224, 224] to "logits".</summary>
    public static IEstimator<ITransformer> Pipeline(MLContext mlContext, string classifier, bool purify)
    {
        IEstimator<ITransformer> images = mlContext.Transforms.LoadImages("Photo", imageFolder: "", nameof(ImageNetCRow.ImagePath))
            .Append(mlContext.Transforms.ResizeImages("Photo", 224, 224)); // ImageNet-C has this size: only the column's type learns it
        if (purify)
            images = images.Append(mlContext.Transforms.PurifyAdversarial(new AdversarialPurifierOptions { OutputColumnName = "Photo", ModelPath = PurifierModels.MaepCifar10, SizeHandling = SizeHandling.Tile }));
        return images.Append(mlContext.Transforms.ExtractPixels("image", "Photo", scaleImage: 1 / 255f))
            .Append(mlContext.Transforms.ApplyOnnxModel("logits", "image", classifier));
    }

    /// <summary>Share of images that the pipeline gets right in each cell; rows stream through, none is kept.</summary>
    public static SortedDictionary<(string Corruption, int Severity), double> Measure(MLContext mlContext, IDataView images, IEstimator<ITransformer> pipeline)
    {
        var counts = new SortedDictionary<(string Corruption, int Severity), (int Correct, int Total)>();
        var scored = pipeline.Fit(images).Transform(images);
        foreach (var row in mlContext.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: true))
        {
            var (correct, total) = counts.GetValueOrDefault((row.Corruption, row.Severity));
            counts[(row.Corruption, row.Severity)] = (correct + (Array.IndexOf(row.Logits, row.Logits.Max()) == row.ClassIndex ? 1 : 0), total + 1);
        }
        return new(counts.ToDictionary(cell => cell.Key, cell => (double)cell.Value.Correct / cell.Value.Total));
    }
}
