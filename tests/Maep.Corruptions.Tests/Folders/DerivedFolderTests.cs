using Maep.Corruptions.Folders;
using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Tests.Folders;

public sealed class DerivedFolderTests : IDisposable
{
    private static readonly Preparation Small = new(32, PreparationMode.None);
    private static readonly FrostOverlays Overlays = FrostOverlays.Drawn();
    private static readonly CorruptionCatalogue Catalogue = new(Overlays);

    private readonly TemporaryFolder _folder = new();

    public DerivedFolderTests()
    {
        for (var image = 0; image < 6; image++)
            _folder.Write(ImageFile.Png(Pictures.Scene.Crop(image * 30, 20, 32, 32)), "photos", image % 2 == 0 ? "n01" : "n02", $"{image}.png");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_layout_is_corruption_severity_class_image()
    {
        Run("out", ["fog", "contrast"], [1, 5]);

        string[] files = [.. Directory.EnumerateFiles(_folder.Path("out"), "*.png", SearchOption.AllDirectories)];
        Assert.Equal(2 * 2 * 6, files.Length);
        Assert.Contains(_folder.Path("out", "contrast", "5", "n02", "3.png"), files);
    }

    [Fact]
    public void The_bytes_do_not_depend_on_threads_or_on_which_other_outputs_are_made()
    {
        Run("one", ["all"], [1, 2, 3], threads: 1);
        Run("four", ["all"], [1, 2, 3], threads: 4);
        Run("few", ["snow"], [3]);

        var one = Bytes("one");
        Assert.Equal(19 * 3 * 6, one.Count);
        Assert.Equal(one, Bytes("four"));
        Assert.All(Bytes("few"), file => Assert.Equal(one[file.Key], file.Value));
    }

    [Fact]
    public void Another_seed_or_name_gives_other_noise()
    {
        _folder.Write(File.ReadAllBytes(_folder.Path("photos", "n01", "0.png")), "photos", "n01", "copy.png");
        Run("a", ["gaussian_noise"], [1], seed: 1);
        Run("b", ["gaussian_noise"], [1], seed: 2);

        var (a, b) = (Bytes("a"), Bytes("b"));
        Assert.NotEqual(a["gaussian_noise/1/n01/0.png"], b["gaussian_noise/1/n01/0.png"]);
        Assert.NotEqual(a["gaussian_noise/1/n01/0.png"], a["gaussian_noise/1/n01/copy.png"]);
    }

    [Fact]
    public void A_second_run_makes_only_what_is_missing()
    {
        var first = Run("out", ["fog"], [1, 2]);
        var whole = Bytes("out");
        File.Delete(_folder.Path("out", "fog", "2", "n01", "0.png"));

        var second = Run("out", ["fog"], [1, 2]);
        var third = Run("out", ["fog", "snow"], [1, 2]);

        Assert.Equal((12, 6, 0), (first.Written, first.Sources, first.Finished));
        Assert.Equal((1, 1, 5), (second.Written, second.Sources, second.Finished));
        Assert.Equal(12, third.Written);
        Assert.All(whole, file => Assert.Equal(file.Value, Bytes("out")[file.Key]));
    }

    [Fact]
    public void Other_settings_are_refused_by_name_and_value()
    {
        Run("out", ["fog"], [1], seed: 1);

        var fault = Assert.Throws<InvalidDataException>(() => Run("out", ["fog"], [1], seed: 2));

        Assert.Contains("made with another seed: 1; this run has 2", fault.Message, StringComparison.Ordinal);
        Assert.Contains("name another folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_tells_reports_seed_and_frost()
    {
        Run("fog", ["fog"], [1], seed: 3);
        Run("frost", ["frost"], [1]);
        _folder.Write("[1]"u8.ToArray(), "other", FolderManifest.FileName);

        Assert.Equal("seed 3", FolderManifest.Corruptions(_folder.Path("fog")));
        Assert.Equal("seed 0, frost drawn", FolderManifest.Corruptions(_folder.Path("frost")));
        Assert.Null(FolderManifest.Corruptions(_folder.Path("photos")));
        Assert.Null(FolderManifest.Corruptions(_folder.Path("other"))); // another program's
    }

    [Fact]
    public void A_folder_of_unknown_origin_is_refused()
    {
        _folder.Write([1], "out", "notes.txt");

        Assert.Contains("holds files but no manifest.json", Assert.Throws<InvalidDataException>(() => Run("out", ["fog"], [1])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("photos/out")]
    [InlineData("photos/n01")]
    [InlineData("photos")]
    public void A_destination_inside_the_source_is_refused(string to)
    {
        var fault = Assert.Throws<ArgumentException>(() => Run(to, ["fog"], [1]));

        Assert.Contains("lies inside", fault.Message, StringComparison.Ordinal);
        Assert.Contains("name a folder outside", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Path(to, FolderManifest.FileName)));
        Run("photos-c", ["fog"], [1]); // a name that begins alike lies beside it
    }

    [Fact]
    public void A_run_is_stopped_while_it_looks_for_what_is_there()
    {
        using var stop = new CancellationTokenSource();
        var folder = new DerivedFolder(_folder.Path("photos"), _folder.Path("out"), Small, OutputFormat.Png);
        var looked = 0;

        Assert.Throws<OperationCanceledException>(() => folder.Write(folder.Settings("corrupt", 0), Look, 1, (_, _) => { }, stop.Token));

        Assert.Equal(1, looked);

        IReadOnlyList<DerivedImage> Look(SourceImage image)
        {
            looked++;
            stop.Cancel();
            return [];
        }
    }

    [Fact]
    public void Images_that_cannot_be_read_are_counted_and_listed_and_the_rest_is_made()
    {
        _folder.Write([1, 2, 3], "photos", "n01", "broken.png");
        _folder.Write(ImageFile.Png(Pictures.Scene), "photos", "n01", "large.png");

        var summary = Run("out", ["fog"], [1]);

        Assert.Equal((6, 6, 2), (summary.Written, summary.Sources, summary.Unreadable.Count));
        var manifest = File.ReadAllText(_folder.Path("out", FolderManifest.FileName));
        Assert.Contains("broken.png: cannot be decoded", manifest, StringComparison.Ordinal);
        Assert.Contains("large.png: 224x224 pixels, but 32x32 asked for", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_images_that_would_get_one_name_are_refused()
    {
        _folder.Write(ImageFile.Jpeg(Pictures.SmallScene, 90), "photos", "n01", "0.jpg");

        Assert.Contains("would both become n01/0.png", Assert.Throws<InvalidDataException>(() => Run("out", ["fog"], [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_stopped_keeps_what_it_finished()
    {
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Work(["fog"], [1]).Write(
            _folder.Path("photos"), _folder.Path("out"), Small, OutputFormat.Png, Overlays, 1, (done, _) => { if (done == 2) stop.Cancel(); }, stop.Token));
        var rest = Run("out", ["fog"], [1]);

        Assert.Equal((2, 4), (rest.Finished, rest.Sources));
    }

    [Fact]
    public void Jpeg_outputs_keep_the_names_of_jpeg_sources_and_rename_others()
    {
        _folder.Write(ImageFile.Jpeg(Pictures.SmallScene, 90), "photos", "n03", "ILSVRC2012_val_00000001.JPEG");

        Work(["contrast"], [2]).Write(_folder.Path("photos"), _folder.Path("out"), Small, OutputFormat.Jpeg, Overlays, 1, (_, _) => { }, default);

        Assert.True(File.Exists(_folder.Path("out", "contrast", "2", "n03", "ILSVRC2012_val_00000001.JPEG")));
        Assert.True(File.Exists(_folder.Path("out", "contrast", "2", "n01", "0.jpeg")));
    }

    private static CorruptedFolder Work(string[] words, int[] severities, ulong seed = 0) => new(Catalogue.Select(words), severities, seed);

    private DerivedSummary Run(string to, string[] words, int[] severities, int threads = 2, ulong seed = 0) =>
        Work(words, severities, seed).Write(_folder.Path("photos"), _folder.Path(to), Small, OutputFormat.Png, Overlays, threads, (_, _) => { }, default);

    private Dictionary<string, byte[]> Bytes(string of) => Directory.EnumerateFiles(_folder.Path(of), "*.png", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(_folder.Path(of), file).Replace('\\', '/'), File.ReadAllBytes);
}
