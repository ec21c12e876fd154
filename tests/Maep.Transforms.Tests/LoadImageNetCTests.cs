using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms.Tests;

public sealed class LoadImageNetCTests : IDisposable
{
    private readonly ImageNetCFixture _fixture = new ImageNetCFixture().WithClasses("n9", "n1")
        .With("noise/shot_noise/1", "n1", "a.png", "b.png").With("noise/shot_noise/1", "n9", "c.png").With("fog/3", "n9", "d.png");

    private readonly MLContext _context = new(seed: 1);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Rows_tell_path_corruption_severity_and_class()
    {
        var rows = _context.Data.CreateEnumerable<ImageNetCRow>(_context.Data.LoadImageNetC(_fixture.Root, _fixture.ClassIndex), reuseRowObject: false).ToList();

        Assert.Equal([("fog", 3, "n9", 0, 1u), ("shot_noise", 1, "n1", 1, 2u), ("shot_noise", 1, "n1", 1, 2u), ("shot_noise", 1, "n9", 0, 1u)],
            rows.Select(row => (row.Corruption, row.Severity, row.WordNetId, row.ClassIndex, row.Label)));
        Assert.All(rows, row => Assert.True(File.Exists(row.ImagePath)));
    }

    [Fact]
    public void The_label_is_a_key_whose_values_are_the_class_folders()
    {
        var label = _context.Data.LoadImageNetC(_fixture.Root, _fixture.ClassIndex).Schema[nameof(ImageNetCRow.Label)];
        VBuffer<ReadOnlyMemory<char>> values = default;
        label.GetKeyValues(ref values);

        Assert.Equal(2ul, Assert.IsType<KeyDataViewType>(label.Type).Count);
        Assert.Equal(["n9", "n1"], values.DenseValues().Select(value => value.ToString()));
    }

    [Fact]
    public void Files_are_listed_as_rows_are_read_and_again_on_every_pass()
    {
        var view = _context.Data.LoadImageNetC(_fixture.Root, _fixture.ClassIndex);
        var before = view.GetColumn<string>(nameof(ImageNetCRow.ImagePath)).Count();
        _fixture.With("fog/3", "n9", "later.png");

        var after = view.GetColumn<string>(nameof(ImageNetCRow.ImagePath)).Count();

        Assert.Null(view.GetRowCount());
        Assert.Equal((4, 5), (before, after));
    }

    [Fact]
    public void Corruptions_and_severities_can_be_chosen_and_must_be_there()
    {
        var options = new ImageNetCOptions { Root = _fixture.Root, ClassIndexPath = _fixture.ClassIndex };

        var fog = _context.Data.LoadImageNetC(options with { Corruptions = ["fog"] }).GetColumn<string>(nameof(ImageNetCRow.Corruption));
        var first = _context.Data.LoadImageNetC(options with { Severities = [1] }).GetColumn<string>(nameof(ImageNetCRow.Corruption));
        var corruption = Assert.Throws<ArgumentException>(() => _context.Data.LoadImageNetC(options with { Corruptions = ["smog"] }));
        var severity = Assert.Throws<ArgumentException>(() => _context.Data.LoadImageNetC(options with { Severities = [0] }));

        Assert.Equal(["fog"], fog);
        Assert.Equal(["shot_noise", "shot_noise", "shot_noise"], first);
        Assert.Contains("no corruption 'smog'; there are fog, shot_noise", corruption.Message, StringComparison.Ordinal);
        Assert.Contains("no severity 0; there are 1, 3", severity.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_named_by_whole_numbers_are_labelled_by_value()
    {
        using var fixture = new ImageNetCFixture();
        for (var number = 0; number < 12; number++)
            fixture.With("fog/1", $"{number}", "a.png");

        var rows = _context.Data.CreateEnumerable<ImageNetCRow>(_context.Data.LoadImageNetC(fixture.Root), reuseRowObject: false).ToList();

        Assert.Equal(Enumerable.Range(0, 12).Select(number => ($"{number}", number, (uint)number + 1)), rows.Select(row => (row.WordNetId, row.ClassIndex, row.Label)));
    }

    [Fact]
    public void Images_go_through_LoadImages()
    {
        var view = _context.Data.LoadImageNetC(_fixture.Root, _fixture.ClassIndex);
        var pipeline = _context.Transforms.LoadImages("Image", "", nameof(ImageNetCRow.ImagePath))
            .Append(_context.Transforms.ResizeImages("Image", 2, 2))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Image"));

        var pixels = pipeline.Fit(view).Transform(view).GetColumn<float[]>("Pixels").ToList();

        Assert.Equal(4, pixels.Count);
        Assert.All(pixels, image => Assert.All(image, value => Assert.Equal(255, value)));
    }
}
