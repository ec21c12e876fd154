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
        TinyOnnx.Write(_path, [0, 3, 4, 4], keepDimensions: true);
        var scores = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));
        TinyOnnx.Write(_path, [0, 5, 4, 4]);
        var input = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));
        File.WriteAllText(_path, "no ONNX");
        var damaged = Assert.Throws<InvalidDataException>(() => new OnnxImageClassifier(_path, new ClassifierOptions()));

        Assert.Contains("'brightness' Single [?, 3, 1, 1]; a classifier has scores, Single [N, K]", scores.Message, StringComparison.Ordinal);
        Assert.Contains("inputs 'photo' Single [?, 5, 4, 4]; an image classifier has one", input.Message, StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime cannot read it", damaged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b c d", false, "3 scores, but the images have 4 classes")]
    [InlineData("a b", true, "3 scores, but the images have 2 classes")]
    [InlineData("a b", false, null)] // two classes may be all that a part of a set shows
    public void Another_number_of_scores_than_classes_is_an_error(string names, bool all, string? words)
    {
        TinyOnnx.Write(_path, [0, 3, 4, 4]);
        using var classifier = new OnnxImageClassifier(_path, new ClassifierOptions { ClassNames = names.Split(' '), ClassesAreAll = all, Threads = 1 });

        var error = Record.Exception(() => classifier.Classify(RedGreenBlue));

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
