using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Tests.Weather;

public sealed class FrostOverlaysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_gives_its_first_five_pictures_as_the_original_uses_five_of_six()
    {
        var large = Pictures.Scene.Resize(300, 400);
        for (var number = 1; number <= 6; number++)
            _folder.Write(ImageFile.Png(large), "frost", $"frost{number}.png");

        var overlays = FrostOverlays.Load(_folder.Path("frost"));

        Assert.Equal(5, overlays.Images.Count);
        Assert.Equal(large.Planar, overlays.Images[4].Planar);
        Assert.StartsWith("frost1.png frost2.png frost3.png frost4.png frost5.png, pixels ", overlays.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_too_small_to_be_cut_is_refused()
    {
        _folder.Write(ImageFile.Png(Pictures.Scene), "frost", "small.png");

        Assert.Contains("224x224 pixels; a picture of frost needs at least 225x225", Assert.Throws<InvalidDataException>(() => FrostOverlays.Load(_folder.Path("frost"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_refused_with_the_way_without_one() =>
        Assert.Contains("leave --frost out and frost is drawn", Assert.Throws<DirectoryNotFoundException>(() => FrostOverlays.Load(_folder.Path("none"))).Message, StringComparison.Ordinal);
}
