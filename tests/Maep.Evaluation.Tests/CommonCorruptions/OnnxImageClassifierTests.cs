using Maep.Attacks;
using Maep.Evaluation.CommonCorruptions;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class OnnxImageClassifierTests : IDisposable
{
    private static readonly ClassifierInput[] RedGreenBlue = [.. Enumerable.Range(0, 3).Select(channel =>
        new ClassifierInput(Array.ConvertAll(CorruptedFolder.Solid(channel, 4, 200).Planar, value => value / 255f), null))];

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0, 3, 4, 4)]
    [InlineData(1, 3, 4, 4)]
    [InlineData(2, 3, 4, 4)]
    [InlineData(0, 3, 0, 0)]
    [InlineData(0, 4, 4, 3)]
    public void Any_names_batch_and_layout_are_taken(int batch, int first, int second, int third)
    {
        TinyOnnx.Write(_path, [batch, first, second, third]);

        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Height = 4, Width = 4, Threads = 1 });

        Assert.Equal([0, 1, 2], classifier.Classify(RedGreenBlue));
        Assert.Equal((4, 4), (classifier.Height, classifier.Width));
        Assert.Contains("'photo'", classifier.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_of_the_file_takes_precedence()
    {
        TinyOnnx.Write(_path, [0, 3, 16, 8]);

        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Threads = 1 });

        Assert.Equal((16, 8), (classifier.Height, classifier.Width));
    }

    [Fact]
    public void Mean_and_deviation_are_applied_to_each_colour_and_reported()
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4]);
        // Red loses its lead, green is stretched.
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Mean = [5, 0, 0], StandardDeviation = [1, 0.01f, 1], Threads = 1 });

        Assert.Equal([1, 1, 2], classifier.Classify(RedGreenBlue));
        Assert.Contains("less mean [5, 0, 0] by standard deviation [1, 0.01, 1]", classifier.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_several_scores_must_be_named()
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4], second: "other");

        var error = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));
        var unknown = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions { ScoreColumn = "third" }));
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { ScoreColumn = "other", Threads = 1 });

        Assert.Contains("outputs 'brightness' Single [?, 3], 'other' Single [?, 3]; name the scores with --score-column", error.Message, StringComparison.Ordinal);
        Assert.Contains("named 'third'", unknown.Message, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2], classifier.Classify(RedGreenBlue));
    }

    [Fact]
    public void Files_that_classify_no_images_are_told_with_what_was_found()
    {
        TinyOnnx.Write(_path, [0, 5, 4, 4]);
        var input = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));
        File.WriteAllText(_path, "no ONNX");
        var damaged = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));

        Assert.Contains("inputs 'photo' Single [?, 5, 4, 4]; an image classifier has one", input.Message, StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime cannot read it", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("it is damaged, truncated or no ONNX file", damaged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, 13, null, "it is of ONNX IR version 99, and this tool's ONNX Runtime 1.31.1 takes up to ")]
    [InlineData(8, 99, null, "it is of opset 99, and this tool's ONNX Runtime 1.31.1 takes up to ")]
    [InlineData(8, 13, "none.data", "a part of its weights is in another file, 'none.data', which is missing beside it")]
    public void A_sound_file_that_cannot_be_loaded_is_not_called_damaged(int irVersion, int opset, string? weightsFile, string words)
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4], irVersion: irVersion, opset: opset, weightsFile: weightsFile);

        var error = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));

        Assert.StartsWith($"{_path}: {words}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_a_file_beside_the_model_are_loaded()
    {
        var weights = _path + ".data";
        File.WriteAllBytes(weights, new byte[sizeof(float)]);
        try
        {
            TinyOnnx.Write(_path, [0, 3, 4, 4], weightsFile: Path.GetFileName(weights));
            using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Threads = 1 });

            Assert.Equal([0, 1, 2], classifier.Classify(RedGreenBlue));
        }
        finally
        {
            File.Delete(weights);
        }
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    public void Scores_that_a_convolution_leaves_with_sides_of_1_are_taken(int batch, int classes)
    {
        TinyOnnx.Write(_path, [batch, classes, 4, 4], keepDimensions: true);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Threads = 1 });

        Assert.Equal([0, 1, 2], classifier.Classify(RedGreenBlue));
        Assert.All(classifier.ValidScores(RedGreenBlue), row => Assert.Equal(classes, row.Length));
    }

    [Theory]
    [InlineData(TinyOnnx.Half, 3, "[N, 3, 4, 4] RGB in [0, 1] as float16", 200 / 255f)]
    [InlineData(TinyOnnx.Byte, 3, "[N, 3, 4, 4] RGB in 0..255, rounded to bytes", 200f)]
    [InlineData(TinyOnnx.Single, 1, "[N, 1, 4, 4] grey (0.299 R + 0.587 G + 0.114 B) in [0, 1]", 0.299f * 200 / 255)]
    [InlineData(TinyOnnx.Byte, 1, "[N, 1, 4, 4] grey (0.299 R + 0.587 G + 0.114 B) in 0..255, rounded to bytes", 60f)]
    public void Half_precision_bytes_and_grey_are_taken_and_said(int type, int channels, string words, float red)
    {
        TinyOnnx.Write(_path, [0, channels, 4, 4], type: type);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Threads = 1 });

        var scores = classifier.ValidScores(RedGreenBlue);

        Assert.Equal(red, scores[0][0], red * 1e-3f);
        Assert.Contains(words, classifier.Description, StringComparison.Ordinal);
        if (channels == 3)
            Assert.Equal([0, 1, 2], classifier.Classify(RedGreenBlue));
    }

    [Fact]
    public void Mean_and_deviation_may_be_one_number_for_all_and_must_be_so_for_grey()
    {
        TinyOnnx.Write(_path, [0, 1, 4, 4]);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Mean = [0.1f], StandardDeviation = [1 / 255f], Threads = 1 });

        var colours = Assert.Throws<ArgumentException>(() => new OnnxImageClassifier(_path, new ClassifierOptions { Mean = [0.1f, 0.2f, 0.3f] }));
        TinyOnnx.Write(_path, [0, 3, 4, 4], type: TinyOnnx.Byte);
        var bytes = Assert.Throws<ArgumentException>(() => new OnnxImageClassifier(_path, new ClassifierOptions { Mean = [0.1f] }));

        Assert.Equal((0.299f * 200) - 25.5f, classifier.ValidScores(RedGreenBlue)[0][0], 1e-3f);
        Assert.Contains("give one number as mean", colours.Message, StringComparison.Ordinal);
        Assert.Contains("takes bytes 0..255", bytes.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_size_is_that_of_the_options_and_said()
    {
        TinyOnnx.Write(_path, [0, 3, 0, 0]);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Height = 4, Width = 4, SizeOrigin = "as the first image has it", Threads = 1 });

        Assert.Contains("any size, here 4x4 as the first image has it", classifier.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_beyond_the_range_of_single_precision_end_the_run()
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4]);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { StandardDeviation = [1e-39f], Threads = 1 });

        var error = Assert.Throws<InvalidDataException>(() => classifier.Classify(RedGreenBlue));

        Assert.StartsWith($"{_path}: the score of class 0 is Infinity", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b c d", false, "3 scores, but the images have 4 classes")]
    [InlineData("a b", true, "3 scores, but the images have 2 classes")]
    [InlineData("a b", false, null)] // two classes may be all that a part of a set shows
    public void Another_number_of_scores_than_classes_is_an_error(string names, bool all, string? words)
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4]);

        // Before an image is read: listing a folder can take minutes.
        var error = Record.Exception(() => new OnnxImageClassifier(_path, new ClassifierOptions { ClassNames = names.Split(' '), ClassesAreAll = all, Threads = 1 }).Dispose());

        Assert.Equal(words is null, error is null);
        Assert.Contains(words ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Query_attacks_see_the_scores_of_a_foreign_file()
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4]);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { Threads = 1 });
        using var model = classifier.AsBlackBox();
        using var images = cat([zeros(1, 3, 4, 4), full([1, 3, 4, 4], 0.5f)]);
        images[0, 0].fill_(0.55f);
        images[1, 2].fill_(0.55f);
        using var labels = tensor(new long[] { 0, 2 });

        using var scores = model.call(images);
        using var square = new SquareAttack(new SquareOptions { Epsilon = 0.1, Queries = 200 }).Perturb(model, images, labels, new ImageStreams(0, 0, 2));
        using var rays = new RaysAttack(new RaysOptions { Epsilon = 0.1, Queries = 200 }).Perturb(model, images, labels, new ImageStreams(0, 0, 2));

        Assert.Equal([0, 2], scores.argmax(1).data<long>());
        Assert.Equal([0], model.call(square).argmax(1)[..1].data<long>()); // black beside red: 0.1 does not reach it
        Assert.NotEqual(2, model.call(square).argmax(1)[1].item<long>());
        Assert.NotEqual(2, model.call(rays).argmax(1)[1].item<long>());
    }
}
