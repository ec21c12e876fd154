namespace Maep.Images.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_write_that_fails_leaves_the_old_file()
    {
        var path = _folder.File("file.txt");
        AtomicFile.WriteText(path, "old");

        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("disk full");
        }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void A_missing_folder_is_made()
    {
        var path = Path.Combine(_folder.Root, "new", "folder", "file.txt");

        AtomicFile.WriteText(path, "text");

        Assert.Equal("text", File.ReadAllText(path));
    }

    [Theory]
    [InlineData(252)]
    [InlineData(255)]
    public void A_name_may_be_as_long_as_a_file_system_takes(int length)
    {
        var path = _folder.File(new string('n', length));

        AtomicFile.WriteText(path, "text");

        Assert.Equal("text", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void A_longer_name_is_refused_before_anything_is_written()
    {
        var path = _folder.File(new string('ä', 128));

        var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => Assert.Fail("the work was done in vain")));

        Assert.Contains("its name has 256 bytes, and at most 255 are allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_is_named()
    {
        var path = _folder.File("record", "inside.txt");
        File.WriteAllText(path, "");

        var folder = Assert.Throws<IOException>(() => AtomicFile.WriteText(Path.GetDirectoryName(path)!, "text"));
        var parent = Assert.Throws<IOException>(() => AtomicFile.WriteText(Path.Combine(path, "file.txt"), "text"));

        Assert.Contains("record' is a folder; name a file", folder.Message, StringComparison.Ordinal);
        Assert.Contains("file.txt' cannot be written", parent.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_folder.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named_with_the_remedy()
    {
        if (!OperatingSystem.IsLinux())
            return; // a folder that refuses root, too

        var error = Assert.Throws<IOException>(() => AtomicFile.WriteText("/proc/maep.txt", "text"));

        Assert.StartsWith("'/proc/maep.txt' cannot be written (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("name a file in a folder that you may write to.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_writers_at_a_time_each_writes_the_file_whole()
    {
        var path = _folder.File("file.txt");
        using var both = new Barrier(4);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Factory.StartNew(
            () => AtomicFile.Write(path, stream =>
            {
                both.SignalAndWait(); // all have begun before one ends
                stream.Write([.. Enumerable.Repeat((byte)('a' + writer), 100_000)]);
            }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var text = File.ReadAllText(path);
        Assert.Equal(100_000, text.Length);
        Assert.Single(text.Distinct());
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Theory]
    [InlineData("short.state.json")]
    [InlineData("n")]
    public void A_name_that_fits_stays(string name) => Assert.Equal(Path.Combine("runs", name), AtomicFile.Fitting(Path.Combine("runs", name)));

    [Fact]
    public void A_name_that_is_too_long_is_made_to_fit_the_same_way_every_time_and_differs_from_others()
    {
        var (one, other) = (new string('ä', 125) + "1.state.json", new string('ä', 125) + "2.state.json");

        var fitting = AtomicFile.Fitting(Path.Combine(_folder.Root, one), room: 5);

        Assert.Equal(fitting, AtomicFile.Fitting(Path.Combine(_folder.Root, one), room: 5));
        Assert.NotEqual(fitting, AtomicFile.Fitting(Path.Combine(_folder.Root, other), room: 5));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Path.GetFileName(fitting)), 240, 250);
        Assert.StartsWith(Path.Combine(_folder.Root, new string('ä', 100)), fitting, StringComparison.Ordinal);
    }
}
