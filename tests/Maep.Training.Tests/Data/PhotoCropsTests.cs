using Maep.Images;
using Maep.Training.Data;
using SkiaSharp;

namespace Maep.Training.Tests.Data;

public sealed class PhotoCropsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PhotoCropsTests()
    {
        foreach (var (path, red) in new[] { ("a/1.png", 10), ("a/2.png", 20), ("b/1.png", 30) })
            WritePhotograph(path, red);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_photograph_but_the_first_is_cropped_anew_in_every_round()
    {
        var crops = PhotoCrops.Make(ImageTree.Open(_folder.Root), new FolderRecipe { PhotoSize = 8, CropSize = 4, HeldOut = 1, Crops = 20 });

        Assert.Equal((40, 4, 4), (crops.Count, crops.Height, crops.Width));
        // In turns over the classes: a/1, b/1, a/2, the first of which is left for tests.
        Assert.All(Enumerable.Range(0, 40), crop => Assert.Equal(crop % 2 == 0 ? 30 : 20, crops.Image(crop)[0]));
        Assert.Equal([1, 0, 1, 0], crops.Labels[..4].ToArray());
        Assert.True(Enumerable.Range(0, 20).Select(round => Convert.ToHexString(crops.Image(2 * round))).Distinct().Count() > 10);
    }

    [Fact]
    public void A_crop_is_a_window_of_the_photograph_or_of_its_mirror_image()
    {
        var crops = PhotoCrops.Make(ImageTree.Open(_folder.Root), new FolderRecipe { PhotoSize = 8, CropSize = 4, HeldOut = 1, Crops = 20 });

        foreach (var crop in Enumerable.Range(0, crops.Count))
        {
            var (green, blue) = (crops.Image(crop)[16..32].ToArray(), crops.Image(crop)[32..].ToArray()); // column and row of each pixel
            var step = green[1] - green[0];
            Assert.Equal(1, Math.Abs(step));
            Assert.All(Enumerable.Range(0, 16), pixel => Assert.Equal((green[0] + (step * (pixel % 4)), blue[0] + (pixel / 4)), (green[pixel], blue[pixel])));
        }
        Assert.Equal(2, Enumerable.Range(0, crops.Count).Select(crop => crops.Image(crop)[17] - crops.Image(crop)[16]).Distinct().Count());
    }

    [Theory]
    [InlineData(8, 9, 0, 1, "set CropSize to 1..8")]
    [InlineData(8, 4, 3, 1, "set HeldOut to 0..2")]
    [InlineData(8, 4, 0, 0, "Crops to 1 or more")]
    public void What_leaves_nothing_is_refused(int photoSize, int cropSize, int heldOut, int crops, string remedy)
    {
        var error = Assert.Throws<ArgumentException>(() => PhotoCrops.Make(ImageTree.Open(_folder.Root), new FolderRecipe { PhotoSize = photoSize, CropSize = cropSize, HeldOut = heldOut, Crops = crops }));

        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    // Red names the photograph, green the column, blue the row.
    private void WritePhotograph(string path, int red)
    {
        using var bitmap = new SKBitmap(8, 8);
        for (var pixel = 0; pixel < 64; pixel++)
            bitmap.SetPixel(pixel % 8, pixel / 8, new SKColor((byte)red, (byte)(pixel % 8), (byte)(pixel / 8)));
        using var stream = File.Create(_folder.File(path.Split('/')));
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
    }
}
