using Maep.Evaluation.CommonCorruptions;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Evaluation.Tests.CommonCorruptions;

/// <summary>A classifier sees one picture of a file, bare or behind a purifier that changes nothing, and it is the picture that ML.NET loads.</summary>
public sealed class OneReaderTests : IDisposable
{
    private const int Size = 16;

    private static readonly string Kinds = Path.Combine(AppContext.BaseDirectory, "golden", "image-kinds");

    // Every value of a picture is a score, so that no difference is averaged away.
    private static readonly ClassifierOptions Options = new() { Height = Size, Width = Size, Threads = 1, ScoreColumn = "photo", ClassNames = [.. Enumerable.Range(0, 3 * Size * Size).Select(value => $"value {value}")] };

    private readonly CorruptedFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<string> Files => [.. Directory.GetFiles(Kinds).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Files))]
    public void It_is_the_picture_of_LoadImages_for_every_kind_of_input(string file)
    {
        var path = Path.Combine(Kinds, file);
        ClassifierInput[] image = [new(Array.ConvertAll(ImageFile.Read(path).Planar, value => value / 255f), file)];
        using var purifier = new Identity();
        var (paths, images, vectors) = (LoadingPaths(out var zip), TakingImages(), TakingVectors());

        var program = PurifiedPipeline.Load(_context, zip, out _).Transform(_context.Data.LoadFromEnumerable([new FileRow { File = path }])).GetColumn<float[]>("photo").Single();

        Assert.All([paths, images, vectors], classifier =>
        {
            using (classifier)
            {
                Assert.Equal(Bytes(program), Bytes(classifier.ValidScores(image)[0]));
                Assert.Equal(classifier.ValidScores(image)[0], classifier.ValidScores(purifier.Purified(image, out _))[0]);
            }
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_purifier_that_changes_nothing_changes_no_count(bool asPipeline)
    {
        var kinds = Directory.GetFiles(Kinds);
        foreach (var path in kinds)
        {
            foreach (var name in CorruptedFolder.Classes)
                File.Copy(path, Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Images, "fog", "1", name)).FullName, Path.GetFileName(path)));
        }
        var onnx = TinyOnnx.Write(Path.Combine(_folder.Root, "tiny.onnx"), [0, 3, Size, Size]);
        var options = Options with { ScoreColumn = "brightness", ClassNames = ["red", "green", "blue"] };
        using IImageClassifier classifier = asPipeline ? new PipelineImageClassifier(Save(Loading().Append(_context.Transforms.ApplyOnnxModel("brightness", "photo", onnx)), new FileRow()), options) : new OnnxImageClassifier(onnx, options);
        using var purifier = new Identity();
        var set = FolderImages.Corrupted(new ImageNetCOptions { Root = _folder.Images, ClassIndexPath = _folder.ClassIndex });

        var cell = Assert.Single(new CorruptionEvaluator(classifier, purifier, new CorruptionOptions { Threads = 1 }).Evaluate(set, null, _ => { }, default).Cells);

        Assert.Equal((3 * kinds.Length, 0, 0), (cell.Tried, cell.Unreadable, cell.PurifiedCut));
        Assert.Equal(kinds.Length, cell.BareCorrect); // each file is in three classes, and right in one
        Assert.Equal(cell.BareCorrect, cell.PurifiedCorrect);
    }

    private static byte[] Bytes(float[] values) => Array.ConvertAll(values, value => (byte)Math.Round(value * 255));

    private EstimatorChain<ImagePixelExtractingTransformer> Loading() => _context.Transforms.LoadImages("Image", "", "File").Append(_context.Transforms.ResizeImages("Image", Size, Size))
        .Append(_context.Transforms.ExtractPixels("photo", "Image", scaleImage: 1 / 255f));

    private PipelineImageClassifier LoadingPaths(out string zip) => new(zip = Save(Loading(), new FileRow()), Options);

    private PipelineImageClassifier TakingImages() => new(Save(_context.Transforms.ExtractPixels("photo", "Image", scaleImage: 1 / 255f), new ImageRow()), Options with { InputColumn = "Image" });

    private PipelineImageClassifier TakingVectors() => new(Save(_context.Transforms.CopyColumns("photo", "Pixels"), new PixelRow()), Options);

    private string Save<TTransformer, TRow>(IEstimator<TTransformer> pipeline, TRow row)
        where TTransformer : class, ITransformer
        where TRow : class
    {
        var data = _context.Data.LoadFromEnumerable(Enumerable.Repeat(row, 0));
        var zip = Path.Combine(_folder.Root, $"{typeof(TRow).Name}.zip");
        _context.Model.Save(pipeline.Fit(data), row is ImageRow ? null : data.Schema, zip);
        return zip;
    }

    private sealed class Identity : IImagePurifier
    {
        public string Name => "identity";

        public string Description => "changes nothing";

        public IReadOnlyList<float[]> Purify(IReadOnlyList<float[]> images) => images;

        public void Dispose()
        {
        }
    }

    private sealed class FileRow
    {
        public string File { get; set; } = "";
    }

    private sealed class ImageRow
    {
        [ImageType(Size, Size)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class PixelRow
    {
        [VectorType(3, Size, Size)]
        public float[] Pixels { get; set; } = [];
    }
}
