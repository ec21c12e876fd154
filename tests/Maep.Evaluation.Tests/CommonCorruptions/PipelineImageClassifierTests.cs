using Maep.Evaluation.CommonCorruptions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class PipelineImageClassifierTests : IDisposable
{
    private const int Size = CorruptedFolder.Size;

    private static readonly ClassifierOptions Options = new() { Height = Size, Width = Size, Threads = 1, ClassNames = ["red", "green", "blue"], ClassFolders = CorruptedFolder.Classes };

    private readonly CorruptedFolder _folder = new();
    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pipeline_takes_paths_and_gets_those_of_the_very_pixels()
    {
        using var classifier = new PipelineImageClassifier(PathPipeline(), Options);

        Assert.Equal([0, 1, 2, 1], classifier.Classify([.. Inputs(), Inputs()[1]]));
        Assert.Equal("ML.NET pipeline, paths in 'File' to 'brightness'", classifier.Description);
    }

    [Fact]
    public void A_pipeline_takes_images_when_their_column_is_named()
    {
        var pipeline = _context.Transforms.ExtractPixels("photo", "Image", scaleImage: 1 / 255f).Append(Classifier());
        var zip = Save(pipeline.Fit(_context.Data.LoadFromEnumerable<ImageRow>([])), null);

        var unnamed = Assert.Throws<InvalidDataException>(() => new PipelineImageClassifier(zip, Options));
        var wrong = Assert.Throws<InvalidDataException>(() => new PipelineImageClassifier(zip, Options with { InputColumn = "Photo" }));
        using var classifier = new PipelineImageClassifier(zip, Options with { InputColumn = "Image" });

        Assert.Contains("ML.NET leaves image columns out of saved schemas: name it with --input-column", unnamed.Message, StringComparison.Ordinal);
        Assert.Contains("Could not find input column 'Image'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2], classifier.Classify(Inputs()));
    }

    [Fact]
    public void A_pipeline_takes_planar_pixels()
    {
        var pipeline = _context.Transforms.CopyColumns("photo", "Pixels").Append(Classifier());
        var data = _context.Data.LoadFromEnumerable<PixelRow>([]);
        using var classifier = new PipelineImageClassifier(Save(pipeline.Fit(data), data.Schema), Options);

        Assert.Equal([0, 1, 2], classifier.Classify(Inputs()));
        Assert.Contains("planar RGB in [0, 1] in 'Pixels'", classifier.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n_blue n_red n_green")]
    [InlineData("green blue red")]
    [InlineData("2 0 1")]
    public void Scores_of_a_trainer_are_matched_by_name_and_not_by_place(string order)
    {
        var labels = order.Split(' ');
        // Trained on labels in another order than the index: slot 0 is the label met first.
        int[] channels = [.. labels.Select(label => new[] { CorruptedFolder.Classes, Options.ClassNames, ["0", "1", "2"] }.Max(names => names.ToList().IndexOf(label)))];
        var rows = Enumerable.Range(0, 30).Select(index => new PixelRow { Pixels = Inputs()[channels[index % 3]].Pixels, Label = labels[index % 3] });
        var data = _context.Data.LoadFromEnumerable(rows);
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Pixels"))
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        using var classifier = new PipelineImageClassifier(Save(pipeline.Fit(data), data.Schema), Options);

        Assert.Equal([0, 1, 2], classifier.Classify(Inputs()));
        Assert.Contains("matched with classes by the names they carry", classifier.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_with_names_of_other_classes_are_an_error()
    {
        var rows = new[] { "cat", "dog", "cow" }.Index().Select(pair => new PixelRow { Pixels = Inputs()[pair.Index].Pixels, Label = pair.Item });
        var data = _context.Data.LoadFromEnumerable(rows);
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Pixels"));
        var zip = Save(pipeline.Fit(data), data.Schema);

        var error = Assert.Throws<InvalidDataException>(() => new PipelineImageClassifier(zip, Options));

        Assert.Contains("are named 'cat', 'cow' and so on, which are neither class folders nor names", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_columns_that_can_take_images_one_must_be_named()
    {
        var data = _context.Data.LoadFromEnumerable<TwoFilesRow>([]);
        var zip = Save(_context.Transforms.CopyColumns("Copy", "First").Fit(data), data.Schema);

        var error = Assert.Throws<InvalidDataException>(() => new PipelineImageClassifier(zip, Options));

        Assert.Contains("input columns 'First' String, 'Second' String; more than one can take images: name it with --input-column", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_scores_the_columns_found_are_told()
    {
        var zip = PathPipeline();
        File.WriteAllText(Path.Combine(_folder.Root, "damaged.zip"), "no model");

        var error = Assert.Throws<InvalidDataException>(() => new PipelineImageClassifier(zip, Options with { ClassNames = ["a", "b"] }));
        var damaged = Assert.Throws<InvalidDataException>(() => new PipelineImageClassifier(Path.Combine(_folder.Root, "damaged.zip"), Options));

        Assert.Contains("vectors of Single 'photo' Vector<Single, 3, 8, 8>, 'brightness' Vector<Single, 1, 3>; scores are one vector named 'Score', or the only one of 2 values", error.Message, StringComparison.Ordinal);
        Assert.Contains("ML.NET cannot load it", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("--assembly FILE.dll", damaged.Message, StringComparison.Ordinal);
    }

    private string PathPipeline()
    {
        var pipeline = _context.Transforms.LoadImages("Image", "", "File").Append(_context.Transforms.ResizeImages("Image", Size, Size))
            .Append(_context.Transforms.ExtractPixels("photo", "Image", scaleImage: 1 / 255f)).Append(Classifier());
        var data = _context.Data.LoadFromEnumerable<FileRow>([]);
        return Save(pipeline.Fit(data), data.Schema);
    }

    private Microsoft.ML.Transforms.Onnx.OnnxScoringEstimator Classifier() =>
        _context.Transforms.ApplyOnnxModel("brightness", "photo", TinyOnnx.Write(Path.Combine(_folder.Root, "tiny.onnx"), [0, 3, Size, Size]));

    private string Save(ITransformer model, DataViewSchema? schema)
    {
        var zip = Path.Combine(_folder.Root, "pipeline.zip");
        _context.Model.Save(model, schema, zip);
        return zip;
    }

    private static ClassifierInput[] Inputs() =>
        [.. Enumerable.Range(0, 3).Select(channel => new ClassifierInput(Array.ConvertAll(CorruptedFolder.Solid(channel, Size, 200).Planar, value => value / 255f), null))];

    private sealed class FileRow
    {
        public string File { get; set; } = "";
    }

    private sealed class TwoFilesRow
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";
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

        public string Label { get; set; } = "";
    }
}
