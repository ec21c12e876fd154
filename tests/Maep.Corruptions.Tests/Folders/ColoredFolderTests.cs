using Maep.Corruptions.Coloring;
using Maep.Corruptions.Folders;

namespace Maep.Corruptions.Tests.Folders;

public sealed class ColoredFolderTests : IDisposable
{
    private static readonly Preparation Small = new(32, PreparationMode.None);

    private readonly TemporaryFolder _folder = new();

    public ColoredFolderTests()
    {
        for (var image = 0; image < 4; image++)
        {
            _folder.Write(ImageFile.Png(Pictures.Scene.Crop(image * 40, 20, 32, 32)), "photos", $"n0{image % 2}", $"{image}.png");
            _folder.Write(ImageFile.Png(Pictures.Scene.Crop(10, image * 40, 20, 50)), "palettes", $"p{image}.png");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_image_gets_as_many_palettes_as_asked_for()
    {
        var summary = Run("out", perImage: 2);

        string[] files = [.. Directory.EnumerateFiles(_folder.Path("out"), "*.png", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.Path("out"), file).Replace('\\', '/'))];
        Assert.Equal((8, 8), (summary.Written, files.Length));
        Assert.All(files, file => Assert.Matches("^p[0-3]/n0[01]/[0-3].png$", file));
        Assert.All(files.GroupBy(file => Path.GetFileName(file)), image => Assert.Equal(2, image.Count()));
    }

    [Fact]
    public void All_palettes_on_all_images_give_the_transfer_of_each()
    {
        Run("out", perImage: 4);

        var expected = new ReinhardTransfer(ColorStatistics.Of(ImageFile.Read(_folder.Path("palettes", "p2.png")))).Apply(ImageFile.Read(_folder.Path("photos", "n01", "3.png")));
        Assert.Equal(expected.Planar, ImageFile.Read(_folder.Path("out", "p2", "n01", "3.png")).Planar);
    }

    [Fact]
    public void The_seed_fixes_which_palettes()
    {
        string Choice(ulong seed) => string.Join(' ', Enumerable.Range(0, 20).Select(image =>
            new ColoredFolder(Palette.Load(_folder.Path("palettes")), 1, seed).PalettesOf($"n00/{image}.png")[0].Name));

        Assert.Equal(Choice(1), Choice(1));
        Assert.NotEqual(Choice(1), Choice(2));
        Assert.Equal(4, Choice(1).Split(' ').Distinct().Count());
    }

    [Fact]
    public void Other_palettes_are_other_settings()
    {
        Run("out", perImage: 1);
        File.Delete(_folder.Path("palettes", "p3.png"));

        var fault = Assert.Throws<InvalidDataException>(() => Run("out", perImage: 1));

        Assert.Contains("made with another palettes: 1 of 4 for each image", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void More_palettes_than_there_are_or_none_are_refused(int perImage) =>
        Assert.Contains("1 to 4 are there", Assert.Throws<ArgumentOutOfRangeException>(() => Run("out", perImage)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_palette_may_be_one_image_and_must_exist()
    {
        Assert.Equal("p1", Assert.Single(Palette.Load(_folder.Path("palettes", "p1.png"))).Name);
        Assert.Contains("name an image, or a folder of images", Assert.Throws<FileNotFoundException>(() => Palette.Load(_folder.Path("none"))).Message, StringComparison.Ordinal);
    }

    private DerivedSummary Run(string to, int perImage) => new ColoredFolder(Palette.Load(_folder.Path("palettes")), perImage, seed: 0)
        .Write(_folder.Path("photos"), _folder.Path(to), Small, OutputFormat.Png, threads: 2, (_, _) => { }, default);
}
