using Maep.Attacks;
using Maep.Export;
using Maep.Samples.Measuring;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Samples.PhotoClassification;

/// <summary>Files to classes: LoadImages, ResizeImages, the purifier, ExtractPixels and MobileNetV2 in ONNX.</summary>
/// <param name="classifier">MobileNetV2 as ONNX: RGB in [0, 1] from "image" [N, 3, 224, 224] to "logits".</param>
public sealed class PhotoPipeline(string classifier)
{
    private const int Size = 224;
    private const int BatchSize = 10;

    private readonly MLContext _context = new(seed: 1);

    /// <summary>The pipeline. The purifier takes 32x32 images, so it goes over the photograph in tiles.</summary>
    public IEstimator<ITransformer> Build(bool purify)
    {
        IEstimator<ITransformer> images = _context.Transforms.LoadImages("Photo", imageFolder: "", nameof(PhotoRow.Path))
            .Append(_context.Transforms.ResizeImages("Photo", Size, Size, resizing: ImageResizingEstimator.ResizingKind.IsoCrop));
        if (purify)
        {
            images = images.Append(_context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
            {
                OutputColumnName = "Photo",
                ModelPath = PurifierModels.MaepCifar10,
                SizeHandling = SizeHandling.Tile,
            }));
        }
        return images.Append(_context.Transforms.ExtractPixels("image", "Photo", scaleImage: 1 / 255f))
            .Append(_context.Transforms.ApplyOnnxModel("logits", "image", classifier));
    }

    /// <summary>Class index of each photograph.</summary>
    public int[] Predict(IEnumerable<PhotoRow> photos, bool purify) =>
        [.. Run(photos, purify, "logits").Select(logits => Array.IndexOf(logits, logits.Max()))];

    /// <summary>Attacks what the classifier sees of each photograph and writes the results as PNG files.</summary>
    /// <param name="photos">Photographs.</param>
    /// <param name="attack">The attack; it differentiates MobileNetV2 and ignores the purifier.</param>
    /// <param name="folder">Folder to write to.</param>
    public PhotoRow[] Attack(IReadOnlyList<PhotoRow> photos, IAttack attack, string folder)
    {
        using var network = ModelFile.Open(classifier).Network;
        using var random = new Generator(0);
        var attacked = new List<PhotoRow>();
        foreach (var batch in photos.Zip(Run(photos, purify: false, "image")).Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            var images = tensor(batch.SelectMany(pair => pair.Second).ToArray(), [batch.Length, 3, Size, Size]);
            var labels = tensor(batch.Select(pair => (long)pair.First.ClassIndex).ToArray());
            var results = attack.Perturb(network, images, labels, random).data<float>().ToArray().Chunk(3 * Size * Size);
            foreach (var (photo, pixels) in batch.Select(pair => pair.First).Zip(results))
            {
                var path = Path.Combine(folder, $"{attacked.Count}.png");
                PixelImage.SavePng(pixels, Size, path);
                attacked.Add(new PhotoRow { Path = path, ClassIndex = photo.ClassIndex });
            }
        }
        return [.. attacked];
    }

    /// <summary>Accuracy clean, attacked and purified.</summary>
    /// <inheritdoc cref="Attack"/>
    public PipelineAccuracy Measure(IReadOnlyList<PhotoRow> photos, IAttack attack, string folder)
    {
        var attacked = Attack(photos, attack, folder);
        var (alone, purified) = (new Predictions(Predict(photos, purify: false), Predict(attacked, purify: false)),
            new Predictions(Predict(photos, purify: true), Predict(attacked, purify: true)));
        return PipelineAccuracy.Of([.. photos.Select(photo => photo.ClassIndex)], alone, purified);
    }

    private List<float[]> Run(IEnumerable<PhotoRow> photos, bool purify, string column)
    {
        var data = _context.Data.LoadFromEnumerable(photos);
        var model = Build(purify).Fit(data);
        List<float[]> values = [.. model.Transform(data).GetColumn<float[]>(column)];
        (model as IDisposable)?.Dispose();
        return values;
    }
}
