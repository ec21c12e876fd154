using Maep.Evaluation.CommonCorruptions;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class CifarCImagesTests : IDisposable
{
    private const int Photographs = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("maep-cifar-c-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Severities_follow_one_another_in_a_file_and_labels_repeat()
    {
        Write("fog", severity => severity);
        Labels(5 * Photographs);

        var images = new CifarCImages(_folder);
        var third = images.Images(images.Cells[2]).ToList();

        Assert.Equal([("fog", 1, 3), ("fog", 2, 3), ("fog", 3, 3), ("fog", 4, 3), ("fog", 5, 3)], images.Cells.Select(cell => (cell.Corruption, cell.Severity, cell.Images)));
        Assert.Equal([0, 1, 2], third.Select(image => image.Label));
        Assert.All(third, image => Assert.Equal((32, 32, 3, 100, 200), (image.Read().Height, image.Read().Width, image.Read().Planar[0], image.Read().Planar[32 * 32], image.Read().Planar[^1])));
        Assert.False(images.IsImageNet);
        Assert.Equal("airplane", images.ClassNames[0]);
    }

    [Fact]
    public void Labels_of_one_severity_serve_for_all()
    {
        Write("fog", severity => severity);
        Labels(Photographs);

        var images = new CifarCImages(_folder, severities: [5]);

        Assert.Equal([0, 1, 2], images.Images(Assert.Single(images.Cells)).Select(image => image.Label));
    }

    [Theory]
    [InlineData(10, 10, true)]
    [InlineData(9, 10, false)]      // a part of CIFAR-10-C, or of another set
    [InlineData(100, 100, true)]
    [InlineData(99, 99, false)]
    public void All_labels_of_a_published_set_tell_its_classes(int labels, int classes, bool areAll)
    {
        NpyFileTests.Write(Path.Combine(_folder, "fog.npy"), 1, "'|u1'", $"({5 * labels}, 1, 1, 3)", new byte[5 * labels * 3]);
        NpyFileTests.Write(Path.Combine(_folder, "labels.npy"), 1, "'|u1'", $"({labels},)", [.. Enumerable.Range(0, labels).Select(label => (byte)label)]);

        var images = new CifarCImages(_folder);
        File.WriteAllLines(Path.Combine(_folder, "classes.txt"), Enumerable.Range(0, 100).Select(index => $"name {index}"));
        var named = new CifarCImages(_folder);

        Assert.Equal((classes, areAll), (images.ClassNames.Count, images.ClassesAreAll));
        Assert.Equal((100, true), (named.ClassNames.Count, named.ClassesAreAll));
    }

    [Fact]
    public void A_file_of_another_shape_is_named()
    {
        NpyFileTests.Write(Path.Combine(_folder, "fog.npy"), 1, "'|u1'", "(7, 32, 32, 3)", new byte[7 * 32 * 32 * 3]);
        Labels(15);

        var error = Assert.Throws<InvalidDataException>(() => new CifarCImages(_folder));

        Assert.Contains("u1 [7, 32, 32, 3]; expected uint8 [5 N, H, W, 3] with 15 images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_evaluator_reads_them_as_any_other_images()
    {
        Write("snow", severity => severity);
        Labels(5 * Photographs);
        var set = new CifarCImages(_folder);

        var result = new CorruptionEvaluator(new BrightestChannel(32), null, new CorruptionOptions { BatchSize = 2, Threads = 1 }).Evaluate(set, null, _ => { }, default);

        // Every image is blue, class 2: one right of three.
        Assert.All(result.Cells, cell => Assert.Equal(new AccuracyCount(1, 3), cell.Bare));
        Assert.Null(result.Bare.CorruptionError("snow"));
        Assert.Equal(1.0 / 3, result.Bare.MeanAccuracy!.Value, 1e-12);
    }

    [Fact]
    public void A_state_of_arrays_that_were_made_again_is_refused()
    {
        Write("snow", severity => severity);
        Labels(Photographs);
        var options = new CorruptionOptions { Threads = 1, StatePath = Path.Combine(_folder, "run.state.json") };
        void Evaluate() => new CorruptionEvaluator(new BrightestChannel(32), null, options).Evaluate(new CifarCImages(_folder), null, _ => { }, default);
        Evaluate();
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "snow.npy"), DateTime.UtcNow.AddMinutes(1));

        Assert.Contains("belongs to another evaluation", Assert.Throws<InvalidDataException>(Evaluate).Message, StringComparison.Ordinal);
    }

    private void Write(string corruption, Func<int, int> red) => NpyFileTests.Write(Path.Combine(_folder, $"{corruption}.npy"), 1, "'|u1'", $"({5 * Photographs}, 32, 32, 3)",
        [.. Enumerable.Range(0, 5 * Photographs).SelectMany(image => Enumerable.Range(0, 32 * 32).SelectMany(_ => new[] { (byte)red((image / Photographs) + 1), (byte)100, (byte)200 }))]);

    private void Labels(int count) => NpyFileTests.Write(Path.Combine(_folder, "labels.npy"), 1, "'|u1'", $"({count},)", [.. Enumerable.Range(0, count).Select(index => (byte)(index % Photographs))]);
}
