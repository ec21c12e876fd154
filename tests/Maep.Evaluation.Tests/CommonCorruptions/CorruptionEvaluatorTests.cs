using Maep.Evaluation.CommonCorruptions;
using Maep.Transforms;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class CorruptionEvaluatorTests : IDisposable
{
    private readonly CorruptedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_cell_is_counted_and_the_clean_error_makes_relative_figures()
    {
        foreach (var corruption in ImageNetC.TestCorruptions)
            for (var severity = 1; severity <= 5; severity++)
                _folder.With($"images/{corruption}/{severity}", imagesPerClass: 2, wrong: corruption == "fog" ? 1 : 0);
        _folder.With("clean", imagesPerClass: 2);

        var result = Evaluate(new BrightestChannel(), new CorruptionOptions(), FolderImages.Clean(Path.Combine(_folder.Root, "clean"), _folder.ClassIndex));

        Assert.Null(result.Bare.MeanCorruptionError); // red, green and blue are no classes of ImageNet's
        result = result with { IsImageNet = true };
        Assert.Equal(new AccuracyCount(3, 6), result.Cells.Single(cell => cell is { Corruption: "fog", Severity: 4 }).Bare);
        Assert.Equal(100 * 2.5 / (5 * ImageNetC.AlexNetMeanErrors["fog"]) / 15, result.Bare.MeanCorruptionError!.Value, 1e-9);
        Assert.Equal(100 * 2.5 / (5 * (ImageNetC.AlexNetMeanErrors["fog"] - ImageNetC.AlexNetCleanError)) / 15, result.Bare.RelativeMeanCorruptionError!.Value, 1e-9);
        Assert.Equal(new AccuracyCount(6, 6), result.Clean!.Bare);
        Assert.Null(result.Purified);
    }

    [Fact]
    public void With_a_purifier_both_are_counted_in_one_pass()
    {
        _folder.With("images/fog/1", imagesPerClass: 2, wrong: 1, size: 32);
        using var purifier = new TransformPurifier(PurifierModels.MaepShapes10, 32, 32, threads: 1);
        var classifier = new BrightestChannel(32);

        var cell = Assert.Single(Evaluate(classifier, new CorruptionOptions(), purifier: purifier).Cells);

        Assert.Equal((new AccuracyCount(3, 6), new AccuracyCount(3, 6)), (cell.Bare, cell.Purified));
        Assert.Equal(12, classifier.Asked);
    }

    [Fact]
    public void Unreadable_images_are_counted_and_listed_and_no_error_of_the_classifier()
    {
        _folder.With("images/fog/1", imagesPerClass: 4);
        File.WriteAllText(Path.Combine(_folder.Images, "fog", "1", "n_red", "0002.png"), "no image");
        File.WriteAllBytes(Path.Combine(_folder.Images, "fog", "1", "n_blue", "0001.png"), ImageFile.Png(CorruptedFolder.Solid(2, 9, 200)));

        var result = Evaluate(new BrightestChannel(), new CorruptionOptions { BatchSize = 3 });

        Assert.Equal(new AccuracyCount(10, 10), Assert.Single(result.Cells).Bare);
        Assert.Equal(2, result.UnreadableCount);
        Assert.Equal([Path.Combine("fog", "1", "n_blue", "0001.png"), Path.Combine("fog", "1", "n_red", "0002.png")], result.Unreadable.Select(image => image.Name));
        Assert.Contains("9x9 pixels (width x height), 8x8 are expected", result.Unreadable[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_without_any_usable_image_ends_the_run_with_the_reason()
    {
        _folder.With("images/fog/1", imagesPerClass: 1, size: 12);

        var error = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), new CorruptionOptions()));
        var fitted = Evaluate(new BrightestChannel(), new CorruptionOptions { Fit = ImageFit.Resize });

        Assert.Contains("none of the first 3 images can be used", error.Message, StringComparison.Ordinal);
        Assert.Contains("--image-fit", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, fitted.Cells[0].BareCorrect);
    }

    [Fact]
    public void Sound_clean_images_do_not_keep_a_run_over_unusable_ones_going()
    {
        _folder.With("images/fog/1", imagesPerClass: 1, size: 12).With("clean", 1);

        var error = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), new CorruptionOptions(), FolderImages.Clean(Path.Combine(_folder.Root, "clean"), _folder.ClassIndex)));

        Assert.StartsWith("fog, severity 1: none of the first 3 images can be used", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_severity_without_images_is_missing_and_passed_over()
    {
        _folder.With("images/fog/1", 2);
        Directory.CreateDirectory(Path.Combine(_folder.Images, "fog", "2", "n_red"));

        var result = Evaluate(new BrightestChannel(), new CorruptionOptions());

        Assert.Equal(1, Assert.Single(result.Cells).Severity);
        Assert.Contains("fog: severities 2, 3, 4, 5", result.Bare.Missing);
        Assert.Equal([Path.Combine("fog", "2")], Set().PassedOver);
    }

    [Fact]
    public void A_folder_without_any_image_says_where_one_is_expected()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Images, "fog", "2", "n_red"));

        var error = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), new CorruptionOptions()));

        Assert.Contains("no image; expected <WordNet id>/<image>.JPEG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_of_a_folder_is_that_of_its_first_image_that_can_be_read()
    {
        _folder.With("images/fog/1", 2, size: 12);
        File.WriteAllText(Path.Combine(_folder.Images, "fog", "1", "n_blue", "0000.png"), "no image");

        Assert.Equal((12, 12), Set().ImageSize);
    }

    [Fact]
    public void Files_are_counted_when_they_are_asked_for_and_the_count_can_be_stopped()
    {
        _folder.With("images/fog/1", 1);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        var set = FolderImages.Corrupted(new ImageNetCOptions { Root = _folder.Images, ClassIndexPath = _folder.ClassIndex }, stop.Token);

        Assert.Throws<OperationCanceledException>(() => set.Cells);
    }

    [Fact]
    public void A_kill_in_the_middle_of_a_cell_costs_no_finished_batch()
    {
        _folder.With("images/fog/1", 5, wrong: 2).With("images/fog/2", 5, wrong: 1);
        var options = new CorruptionOptions { BatchSize = 4, SaveEvery = TimeSpan.Zero, StatePath = Path.Combine(_folder.Root, "run.state.json") };
        var left = Path.Combine(_folder.Root, "left.state.json");
        var whole = Evaluate(new BrightestChannel(), options, progress: done => { if (done == 8) File.Copy(options.StatePath, left); });
        var classifier = new BrightestChannel();

        var result = Evaluate(classifier, options with { StatePath = left });

        Assert.Equal(30 - 8, classifier.Asked);
        Assert.Equal(whole.Cells, result.Cells);
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_without_losing_or_repeating_an_image()
    {
        _folder.With("images/fog/1", 5, wrong: 2).With("images/fog/2", 5, wrong: 1).With("images/snow/1", 5);
        var options = new CorruptionOptions { BatchSize = 4, StatePath = Path.Combine(_folder.Root, "run.state.json") };
        var whole = Evaluate(new BrightestChannel(), options with { StatePath = null });
        var (first, second) = (new BrightestChannel(), new BrightestChannel());
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Evaluate(first, options, progress: done => { if (done >= 20) stop.Cancel(); }, cancellation: stop.Token));
        var reported = new List<long>();
        var result = Evaluate(second, options, progress: reported.Add);

        Assert.True(first.Asked is > 15 and < 45, $"{first.Asked} images before the stop");
        Assert.Equal(45, first.Asked + second.Asked);
        Assert.Equal(whole.Cells, result.Cells);
        Assert.Equal(45, reported[^1]);
        Assert.True(File.Exists(options.StatePath)); // until the result is stored
    }

    [Fact]
    public void A_finished_run_leaves_no_state_and_one_that_was_not_stored_repeats_nothing()
    {
        _folder.With("images/fog/1", 5);
        var options = new CorruptionOptions { StatePath = Path.Combine(_folder.Root, "run.state.json"), Threads = 1 };
        Evaluate(new BrightestChannel(), options);
        var classifier = new BrightestChannel();
        var evaluator = new CorruptionEvaluator(classifier, null, options);

        var result = evaluator.Evaluate(Set(), null, _ => { }, default);
        evaluator.Finish();

        Assert.Equal(0, classifier.Asked);
        Assert.Equal(15, result.Cells[0].Images);
        Assert.False(File.Exists(options.StatePath));
    }

    [Fact]
    public void A_cell_of_damaged_files_is_counted_and_passed_over_where_others_are_sound()
    {
        _folder.With("images/fog/1", 2).With("images/snow/1", 2);
        foreach (var path in Directory.GetFiles(Path.Combine(_folder.Images, "fog", "1"), "*.png", SearchOption.AllDirectories))
            File.WriteAllText(path, "no picture");

        var result = Evaluate(new BrightestChannel(), new CorruptionOptions());

        Assert.Equal([0, 6], result.Cells.OrderBy(cell => cell.Corruption, StringComparer.Ordinal).Select(cell => cell.Images));
        Assert.Equal(6, result.UnreadableCount);
    }

    [Fact]
    public void A_state_of_other_images_or_models_is_refused()
    {
        _folder.With("images/fog/1", 5);
        var options = new CorruptionOptions { BatchSize = 4, StatePath = Path.Combine(_folder.Root, "run.state.json"), Subject = "classifier a" };
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Evaluate(new BrightestChannel(), options, progress: done => { if (done > 0) stop.Cancel(); }, cancellation: stop.Token));

        var model = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), options with { Subject = "classifier b" }));
        var index = File.ReadAllText(_folder.ClassIndex);
        File.WriteAllText(_folder.ClassIndex, """{ "1": ["n_red", "red"], "0": ["n_green", "green"], "2": ["n_blue", "blue"] }""");
        var classes = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), options));
        File.WriteAllText(_folder.ClassIndex, index);
        _folder.With("images/fog/1", 6);
        var images = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), options));

        Assert.Contains("belongs to another evaluation", model.Message, StringComparison.Ordinal);
        Assert.Contains("belongs to another evaluation", classes.Message, StringComparison.Ordinal);
        Assert.Contains("belongs to another evaluation", images.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_as_many_images_that_were_made_again_is_refused()
    {
        _folder.With("images/fog/1", 5);
        var options = new CorruptionOptions { StatePath = Path.Combine(_folder.Root, "run.state.json") };
        Evaluate(new BrightestChannel(), options);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Images, "fog", "1", "n_blue", "0000.png"), DateTime.UtcNow.AddMinutes(1));

        var error = Assert.Throws<InvalidDataException>(() => Evaluate(new BrightestChannel(), options));

        Assert.Contains("belongs to another evaluation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_cell_is_spread_evenly_over_it()
    {
        _folder.With("images/fog/1", 10);

        var result = Evaluate(new BrightestChannel(), new CorruptionOptions { ImagesPerCell = 6 });

        // Two of each class, or one class would be missed.
        Assert.Equal(new AccuracyCount(6, 6), result.Cells[0].Bare);
        Assert.Equal(6, new CorruptionEvaluator(new BrightestChannel(), null, new CorruptionOptions { ImagesPerCell = 6 }).Images(Set(), null));
    }

    private FolderImages Set() => FolderImages.Corrupted(new ImageNetCOptions { Root = _folder.Images, ClassIndexPath = _folder.ClassIndex });

    private CorruptionResult Evaluate(BrightestChannel classifier, CorruptionOptions options, FolderImages? clean = null, IImagePurifier? purifier = null, Action<long>? progress = null, CancellationToken cancellation = default) =>
        new CorruptionEvaluator(classifier, purifier, options with { Threads = 1 }).Evaluate(Set(), clean, progress ?? (_ => { }), cancellation);
}
