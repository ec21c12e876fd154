using Maep.Corruptions.Folders;

namespace Maep.Corruptions.Tests.Folders;

public sealed class PreparationTests
{
    private static readonly RgbImage Wide = Pictures.Scene.Resize(375, 500);

    [Fact]
    public void An_image_of_the_size_is_used_as_it_is() =>
        Assert.Same(Pictures.Scene, new Preparation(224, PreparationMode.Crop).Apply(Pictures.Scene, "x.png"));

    [Fact]
    public void Crop_takes_the_middle_of_the_shorter_side_at_256()
    {
        var prepared = new Preparation(224, PreparationMode.Crop).Apply(Wide, "x.png");

        // torchvision: 256 x int(256 * 500 / 375) = 256 x 341, then from row 16 and from column round(58.5) = 58, half to even.
        Assert.Equal(Wide.Resize(256, 341).Crop(16, 58, 224, 224).Planar, prepared.Planar);
    }

    [Fact]
    public void Stretch_fits_both_sides() =>
        Assert.Equal(Wide.Resize(32, 32).Planar, new Preparation(32, PreparationMode.Stretch).Apply(Wide, "x.png").Planar);

    [Fact]
    public void None_refuses_another_size_and_says_what_else_there_is() =>
        Assert.Contains("x.png: 375x500 pixels, but 224x224 asked for; let images be cropped or stretched (--prepare)",
            Assert.Throws<InvalidDataException>(() => new Preparation(224, PreparationMode.None).Apply(Wide, "x.png")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_first_readable_image_tells_the_size()
    {
        using var folder = new TemporaryFolder();
        folder.Write([0], "in", "a", "0.png");
        folder.Write(ImageFile.Png(Pictures.SmallScene), "in", "a", "1.png");

        Assert.Equal(32, Preparation.SideFor(SourceImage.List(folder.Path("in"))));

        folder.Write(ImageFile.Png(Wide), "in", "A", "0.png");
        Assert.Equal(224, Preparation.SideFor(SourceImage.List(folder.Path("in"))));
    }
}
