using Maep.Attacks;
using Maep.Evaluation.CommonCorruptions;
using Maep.Transforms;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.CommonCorruptions;

/// <summary>What enters from classifiers and purifiers is checked once, whoever implements them.</summary>
public sealed class ImageClassifierAnswersTests
{
    private const int Size = 8;

    private static readonly ClassifierInput[] Two = [new(new float[3 * Size * Size], "fog/1/n_red/0.png"), new(new float[3 * Size * Size], null)];

    [Theory]
    [InlineData(0, 1, float.NaN, "the score of class 1 is NaN for image fog/1/n_red/0.png; scores must be finite")]
    [InlineData(1, 2, float.PositiveInfinity, "the score of class 2 is Infinity for image 1 of the 2 asked together")]
    public void A_score_that_is_no_number_ends_the_run_and_is_named(int image, int score, float value, string words)
    {
        float[][] scores = [[0, 1, 2], [0, 1, 2]];
        scores[image][score] = value;
        using var classifier = new Scripted(_ => scores);
        using var model = classifier.AsBlackBox();

        var asked = Assert.Throws<InvalidDataException>(() => classifier.Classify(Two));
        var attacked = Assert.Throws<InvalidDataException>(() => { using var answer = model.call(zeros(2, 3, Size, Size)); });

        Assert.StartsWith($"scripted.onnx: {words}", asked.Message, StringComparison.Ordinal);
        Assert.StartsWith($"scripted.onnx: the score of class {score} is ", attacked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_infinity_is_a_class_that_is_not_known_but_not_all_of_them()
    {
        using var some = new Scripted(_ => [[float.NegativeInfinity, -3, -2], [0, -1, float.NegativeInfinity]]);
        using var all = new Scripted(_ => [[0, 1, 2], [float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity]]);

        var error = Assert.Throws<InvalidDataException>(() => all.Classify(Two));

        Assert.Equal([2, 0], some.Classify(Two));
        Assert.Contains("class 0 is -Infinity for image 1 of the 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_are_missing_or_uneven_are_named()
    {
        using var missing = new Scripted(_ => [[0, 1, 2]]);
        using var uneven = new Scripted(_ => [[0, 1, 2], [0, 1]]);

        Assert.Contains("1 rows of scores for 2 images", Assert.Throws<InvalidDataException>(() => missing.Classify(Two)).Message, StringComparison.Ordinal);
        Assert.Contains("2 scores for image 1 of the 2 asked together and 3 for image fog/1/n_red/0.png", Assert.Throws<InvalidDataException>(() => uneven.Classify(Two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_purified_image_that_is_none_is_named_and_one_beyond_the_range_is_cut_and_counted()
    {
        using var broken = new Gain(float.NaN);
        using var loud = new Gain(1.01f);
        ClassifierInput[] white = [new(Enumerable.Repeat(1f, 3 * Size * Size).ToArray(), "white.png"), Two[0]];

        var error = Assert.Throws<InvalidDataException>(() => broken.Purified(white, out _));
        var purified = loud.Purified(white, out var cut);

        Assert.StartsWith("gain.onnx: value 0 of the purified image white.png is NaN", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, cut);
        Assert.All(purified[0].Pixels, value => Assert.Equal(1, value));
        Assert.Equal("white.png", purified[0].Name);
    }

    [Fact]
    public void A_run_over_corrupted_images_ends_with_the_first_score_or_image_that_is_none()
    {
        using var folder = new CorruptedFolder();
        var set = FolderImages.Corrupted(new ImageNetCOptions { Root = folder.With("images/fog/1", 1).Images, ClassIndexPath = folder.ClassIndex });
        using var silent = new Scripted(images => [.. images.Select(_ => new[] { float.NaN, float.NaN, float.NaN })]);
        using var broken = new Gain(float.PositiveInfinity);

        var scores = Assert.Throws<InvalidDataException>(() => new CorruptionEvaluator(silent, null, new CorruptionOptions { Threads = 1 }).Evaluate(set, null, _ => { }, default));
        var images = Assert.Throws<InvalidDataException>(() => new CorruptionEvaluator(new BrightestChannel(), broken, new CorruptionOptions { Threads = 1 }).Evaluate(set, null, _ => { }, default));
        var loud = new CorruptionEvaluator(new BrightestChannel(), new Gain(3), new CorruptionOptions { Threads = 1 }).Evaluate(set, null, _ => { }, default);

        Assert.Contains($"image {Path.Combine("fog", "1", "n_blue", "0000.png")}", scores.Message, StringComparison.Ordinal);
        Assert.Contains("gain.onnx: value ", images.Message, StringComparison.Ordinal);
        Assert.Equal(3, loud.PurifiedCut);
    }

    [Fact]
    public void Square_leaves_the_same_images_whether_it_is_told_logits_or_probabilities()
    {
        using var logits = new Scripted(Logits);
        using var probabilities = new Scripted(images => [.. Logits(images).Select(row => Softmax(row, 20))]);
        using var plain = logits.AsBlackBox(Probe(logits).Kind);
        using var logarithms = probabilities.AsBlackBox(Probe(probabilities).Kind);
        using var raw = probabilities.AsBlackBox();

        Assert.Equal(ScoreKind.Logits, Probe(logits).Kind);
        Assert.Equal(ScoreKind.Probabilities, Probe(probabilities).Kind);
        Assert.Contains("logarithms", Probe(probabilities).Warning, StringComparison.Ordinal);
        var left = Attacked(plain);
        Assert.InRange(left.Count(fooled => fooled), 5, 35); // neither all nor none, or nothing would be compared
        Assert.Equal(left, Attacked(logarithms));
        Assert.True(Attacked(raw).Count(fooled => fooled) < left.Count(fooled => fooled)); // what is mended
    }

    [Fact]
    public void Saturated_probabilities_keep_their_order_and_are_told()
    {
        using var votes = new Scripted(images => [.. images.Select(_ => new[] { 0f, float.Epsilon, 1f })]);
        using var saturated = new Scripted(images => [.. images.Select(_ => new[] { 0f, 0f, 1f })]);
        using var model = votes.AsBlackBox(ScoreKind.Probabilities);
        using var scores = model.call(zeros(1, 3, Size, Size));

        var values = scores.data<double>().ToArray();

        Assert.True(double.IsFinite(values[0]) && values[0] < values[1] && values[1] < values[2]);
        Assert.Equal(0, values[2]);
        Assert.Contains("Of 2 images 2 have nothing but 0 and 1", ScoreProbe.Of(saturated, Two).Warning, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing but", ScoreProbe.Of(votes, Two).Warning, StringComparison.Ordinal);
    }

    private static ScoreProbe Probe(Scripted classifier) => ScoreProbe.Of(classifier, Images().Chunk(3 * Size * Size).Select(pixels => new ClassifierInput(pixels, null)));

    private static float[] Images()
    {
        using var random = new Generator(5);
        return rand([40, 3, Size, Size], generator: random).data<float>().ToArray();
    }

    // [N], bool: fooled by Square with the same seed, of the images as the classifier names them.
    private static bool[] Attacked(BlackBoxClassifier model)
    {
        using var scope = NewDisposeScope();
        var images = tensor(Images(), [40, 3, Size, Size]);
        var labels = model.call(images).argmax(1);
        var attacked = new SquareAttack(new SquareOptions { Epsilon = 0.04, Queries = 40 }).Perturb(model, images, labels, new ImageStreams(3, 0, 40));
        return model.call(attacked).argmax(1).ne(labels).data<bool>().ToArray();
    }

    // Four scores of three colours in the halves of an image: smooth, and different for every image.
    private static float[][] Logits(IReadOnlyList<ClassifierInput> images) => [.. images.Select(image => Enumerable.Range(0, 4)
        .Select(score => image.Pixels.Select((value, place) => value * (float)Math.Sin((place * (score + 1) * 0.37) + score)).Sum()).ToArray())];

    private static float[] Softmax(float[] logits, float gain)
    {
        var exponents = Array.ConvertAll(logits, logit => MathF.Exp(gain * (logit - logits.Max())));
        return Array.ConvertAll(exponents, exponent => exponent / exponents.Sum());
    }

    private sealed class Scripted(Func<IReadOnlyList<ClassifierInput>, float[][]> scores) : IImageClassifier
    {
        public string Name => "scripted.onnx";

        public string Description => "scripted";

        public int Height => Size;

        public int Width => Size;

        public float[][] Scores(IReadOnlyList<ClassifierInput> images) => scores(images);

        public void Dispose()
        {
        }
    }

    private sealed class Gain(float gain) : IImagePurifier
    {
        public string Name => "gain.onnx";

        public string Description => "multiplies";

        public IReadOnlyList<float[]> Purify(IReadOnlyList<float[]> images) => [.. images.Select(image => Array.ConvertAll(image, value => value * gain))];

        public void Dispose()
        {
        }
    }
}
