namespace Maep.Transforms.Tests;

public sealed class ImageNetCFolderTests : IDisposable
{
    private readonly ImageNetCFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Corruptions_are_found_with_and_without_the_folder_of_their_group()
    {
        _fixture.With("noise/shot_noise/2", "n1", "a.png").With("noise/shot_noise/1", "n1", "a.png").With("fog/5", "n1", "a.png");

        var folder = ImageNetCFolder.Open(_fixture.Root);

        Assert.Equal([("fog", 5), ("shot_noise", 1), ("shot_noise", 2)], folder.Cells.Select(cell => (cell.Corruption, cell.Severity)));
        Assert.Empty(folder.PassedOver);
    }

    [Fact]
    public void Images_come_in_ordinal_order_and_other_files_are_passed_over()
    {
        _fixture.With("fog/1", "n2", "b.png", "a.JPEG").With("fog/1", "n1", "z.jpg").With("fog/1", ".hidden", "h.png");
        File.WriteAllText(Path.Combine(_fixture.Root, "fog", "1", "n1", "readme.txt"), "");
        var cell = Assert.Single(ImageNetCFolder.Open(_fixture.Root).Cells);

        var images = cell.Images.Images().Select(image => $"{image.Class}/{Path.GetFileName(image.Path)}");

        Assert.Equal(["n1/z.jpg", "n2/a.JPEG", "n2/b.png"], images);
        Assert.Equal(3, cell.Images.Count());
        Assert.Equal((3, 1), cell.Images.Counts());
    }

    [Fact]
    public void Folders_that_are_no_corruption_and_no_severity_are_told()
    {
        _fixture.With("fog/1", "n1", "a.png").With("fog/6", "n1", "a.png").With("weather/snow/1", "n1", "a.png").With("clean", "n1", "a.png");
        Directory.CreateDirectory(Path.Combine(_fixture.Root, "weather", "frost"));

        var folder = ImageNetCFolder.Open(_fixture.Root);

        Assert.Equal(2, folder.Cells.Count);
        Assert.Equal(["clean", Path.Combine("fog", "6"), Path.Combine("weather", "frost")], folder.PassedOver.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_that_cannot_be_evaluated_says_why()
    {
        var missing = Assert.Throws<DirectoryNotFoundException>(() => ImageNetCFolder.Open(Path.Combine(_fixture.Root, "none")));
        var empty = Assert.Throws<InvalidDataException>(() => ImageNetCFolder.Open(_fixture.Root));
        _fixture.With("fog/1", "n1", "a.png");
        var one = Assert.Throws<InvalidDataException>(() => ImageNetCFolder.Open(Path.Combine(_fixture.Root, "fog")));
        _fixture.With("weather/fog/1", "n1", "a.png");
        var twice = Assert.Throws<InvalidDataException>(() => ImageNetCFolder.Open(_fixture.Root));

        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
        Assert.Contains("<corruption>/<severity 1..5>/<WordNet id>/<image>", empty.Message, StringComparison.Ordinal);
        Assert.Contains("so it is one corruption; name the folder above it", one.Message, StringComparison.Ordinal);
        Assert.Contains("fog, severity 1 is there more than once", twice.Message, StringComparison.Ordinal);
    }
}
