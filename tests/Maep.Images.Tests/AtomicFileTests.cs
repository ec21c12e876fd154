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
}
