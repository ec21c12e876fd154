using Maep.Images;

namespace Maep.Cli.Tests;

public sealed class CorruptCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-corrupt-").FullName;

    public CorruptCommandTests()
    {
        foreach (var (index, name) in new[] { "photos/n01/a.png", "photos/n02/b.png", "palettes/warm.png" }.Index())
        {
            byte[] pixels = [.. Enumerable.Range(0, 3 * 48 * 40).Select(place => (byte)((place * (index + 3)) ^ (place >> 5)))];
            AtomicFile.Write(Path.Combine(_folder, name), stream => stream.Write(ImageFile.Png(new RgbImage(pixels, 48, 40))));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("corrupt photos", "Name SRC and DEST")]
    [InlineData("corrupt photos out --sheet x.png", "--sheet draws its own scene")]
    [InlineData("corrupt photos out --corruptions rain", "'rain' is not known; use all, benchmark, noise")]
    [InlineData("corrupt photos out --severities 1,6", "'6' is no severity; use 1 to 5")]
    [InlineData("corrupt shapes10 out --severities 1", "--severities does not apply to a named set")]
    [InlineData("corrupt shapes10 out --format png", "--format does not apply to a named set")]
    [InlineData("corrupt --sheet x.png --severities 5", "--severities does not apply to the picture of --sheet")]
    [InlineData("corrupt photos out --samples 5", "--samples does not apply to a folder of images")]
    [InlineData("corrupt photos out --threads 0", "--threads 0 must be at least 1")]
    [InlineData("colorize photos out", "--palette")]
    public async Task A_command_line_that_makes_no_sense_exits_2_and_says_why(string line, string words)
    {
        var outcome = await CommandLine.Run(_folder, line.Split(' '));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    [Theory]
    [InlineData("corrupt missing out", "'missing' does not exist")]
    [InlineData("corrupt photos out --frost missing", "leave --frost out and frost is drawn")]
    [InlineData("colorize photos out --palette palettes --per-image 2", "1 to 1 are there")]
    public async Task Work_that_cannot_be_done_exits_1_and_says_why(string line, string words)
    {
        var outcome = await CommandLine.Run(_folder, line.Split(' '));

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(words, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Corrupt_writes_the_layout_of_imagenet_c_and_goes_on_with_the_same_settings_only()
    {
        string[] line = ["corrupt", "photos", "out", "--corruptions", "weather", "--severities", "3", "--seed", "5"];

        var first = await CommandLine.Run(_folder, line);
        var again = await CommandLine.Run(_folder, line);
        var other = await CommandLine.Run(_folder, [.. line, "--format", "png"]);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("frost: drawn", first.Output, StringComparison.Ordinal);
        Assert.Contains("shorter side to 256, then centre crop 224", first.Output, StringComparison.Ordinal);
        Assert.Contains("8 files written from 2 images", first.Output, StringComparison.Ordinal);
        Assert.Contains("images corrupted: 2 of 2, ", first.Error, StringComparison.Ordinal);
        var image = ImageFile.Read(Path.Combine(_folder, "out", "frost", "3", "n02", "b.jpeg"));
        Assert.Equal((224, 224), (image.Height, image.Width));
        Assert.Contains("0 files written from 0 images", again.Output, StringComparison.Ordinal);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("made with another format: JPEG quality 85; this run has PNG", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreadable_images_are_listed_and_fail_the_run_only_when_there_is_no_other()
    {
        File.WriteAllText(Path.Combine(_folder, "photos", "n01", "broken.jpg"), "not an image");
        Directory.CreateDirectory(Path.Combine(_folder, "bad", "n01"));
        File.Copy(Path.Combine(_folder, "photos", "n01", "broken.jpg"), Path.Combine(_folder, "bad", "n01", "broken.jpg"));

        var some = await CommandLine.Run(_folder, "corrupt", "photos", "out", "--corruptions", "contrast");
        var none = await CommandLine.Run(_folder, "corrupt", "bad", "nothing", "--corruptions", "contrast");

        Assert.Equal((0, 1), (some.ExitCode, none.ExitCode));
        Assert.Contains("1 images could not be read", some.Error, StringComparison.Ordinal);
        Assert.Contains("broken.jpg: cannot be decoded", some.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_set_becomes_arrays()
    {
        var outcome = await CommandLine.Run(_folder, "corrupt", "shapes10", "out", "--corruptions", "fog,contrast", "--samples", "4");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(128 + (5 * 4 * 3072), new FileInfo(Path.Combine(_folder, "out", "fog.npy")).Length);
        Assert.Equal(128 + (5 * 4), new FileInfo(Path.Combine(_folder, "out", "labels.npy")).Length);
    }

    [Fact]
    public async Task A_sheet_shows_each_corruption_clean_and_at_each_severity()
    {
        var outcome = await CommandLine.Run(_folder, "corrupt", "--sheet", "sheet.png", "--corruptions", "digital");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("contrast, elastic_transform, pixelate, jpeg_compression from left to right", outcome.Output, StringComparison.Ordinal);
        var sheet = ImageFile.Read(Path.Combine(_folder, "sheet.png"));
        Assert.Equal(4 + (4 * 116), sheet.Width);
        Assert.InRange(sheet.Height, 4 + (6 * 116), 18 + 4 + (6 * 116)); // titles where there is a font
    }

    [Fact]
    public async Task Colorize_writes_a_folder_for_each_palette()
    {
        var outcome = await CommandLine.Run(_folder, "colorize", "photos", "out", "--palette", "palettes", "--format", "png");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("2 files written from 2 images", outcome.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "warm", "n01", "a.png")));
    }
}
