using Maep.Images;
using Maep.Training.Data;
using SkiaSharp;

namespace Maep.Training.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_sorts_classes_and_files_ordinally_and_takes_every_extension()
    {
        Write("b", "2.PNG", 4, 4, new SKColor(4, 5, 6));
        Write("b", "10.png", 4, 4, new SKColor(1, 2, 3));
        Write("B", "photo.JPEG", 4, 4, new SKColor(200, 200, 200), SKEncodedImageFormat.Jpeg);
        Write("a", "x.jpg", 4, 4, new SKColor(50, 50, 50), SKEncodedImageFormat.Jpeg);
        File.WriteAllText(_folder.File("a", "notes.txt"), "passed over");
        File.WriteAllText(_folder.File(".cache", "x.png"), "passed over");

        var set = ImageFolder.Read(_folder.Root, 4, 4);

        Assert.Equal(["B", "a", "b"], set.ClassNames);
        Assert.Equal([0, 1, 2, 2], set.Labels.ToArray());
        Assert.Equal(Path.GetFileName(_folder.Root), set.Name);
        Assert.InRange(set.Image(0)[0], 198, 202);
        Assert.InRange(set.Image(1)[0], 48, 52);
        Assert.Equal((1, 4), (set.Image(2)[0], set.Image(3)[0]));
    }

    [Fact]
    public void Read_gives_planar_red_green_blue_rows_first()
    {
        using var bitmap = new SKBitmap(3, 2);
        for (var pixel = 0; pixel < 6; pixel++)
            bitmap.SetPixel(pixel % 3, pixel / 3, new SKColor((byte)(10 + pixel), (byte)(20 + pixel), (byte)(30 + pixel)));
        Save(bitmap, _folder.File("a", "x.png"), SKEncodedImageFormat.Png);

        var set = ImageFolder.Read(_folder.Root, height: 2, width: 3);

        Assert.Equal([10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 30, 31, 32, 33, 34, 35], set.Image(0).ToArray());
    }

    [Fact]
    public void Another_size_is_refused_with_path_both_sizes_and_remedy()
    {
        Write("a", "x.png", width: 6, height: 5, SKColors.Red);

        var error = Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder.Root, 4, 4).PixelTensor());

        Assert.Contains(Path.Combine("a", "x.png") + ": 5x6 pixels", error.Message, StringComparison.Ordinal);
        Assert.Contains("4x4 asked for", error.Message, StringComparison.Ordinal);
        Assert.Contains("resize: true", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(13, 9)]
    [InlineData(40, 7)]
    public void Resize_keeps_a_flat_image_flat(int width, int height)
    {
        Write("a", "x.png", width, height, new SKColor(77, 150, 33));

        var image = ImageFolder.Read(_folder.Root, 8, 8, resize: true).Image(0).ToArray();

        Assert.All(image[..64], value => Assert.Equal(77, value));
        Assert.All(image[64..128], value => Assert.Equal(150, value));
        Assert.All(image[128..], value => Assert.Equal(33, value));
    }

    [Fact]
    public void Resize_weighs_with_the_triangle_filter_of_Pillow()
    {
        byte[] row = [0, 100, 200, 80];

        var half = TriangleResampler.Resize([.. row, .. row, .. row], 1, 4, 1, 2);
        var twice = TriangleResampler.Resize([0, 100, 0, 100, 0, 100], 1, 2, 1, 4);

        // By hand: weights 3 3 1 (of 7) around the first centre, 1 3 3 around the second; doubling gives 1/4 and 3/4.
        Assert.Equal([71, 134], half[..2]);
        Assert.Equal([0, 25, 75, 100], twice[..4]);
    }

    [Fact]
    public void A_large_jpeg_is_decoded_in_full_before_it_shrinks()
    {
        using var bitmap = new SKBitmap(64, 64);
        for (var pixel = 0; pixel < 64 * 64; pixel++)
            bitmap.SetPixel(pixel % 64, pixel / 64, new SKColor((byte)(pixel % 64 * 4), 128, (byte)(pixel / 64 * 4)));
        Save(bitmap, _folder.File("a", "x.jpg"), SKEncodedImageFormat.Jpeg);

        var image = ImageFolder.Read(_folder.Root, 8, 8, resize: true).Image(0).ToArray();

        for (var column = 1; column < 7; column++)
            Assert.InRange(image[24 + column], (column * 32) + 14 - 4, (column * 32) + 14 + 4); // the mean of eight columns, 4 apart
    }

    [Fact]
    public void A_corrupt_file_is_refused_with_its_path()
    {
        File.WriteAllText(_folder.File("a", "x.png"), "not an image");

        var error = Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder.Root, 4, 4).PixelTensor());

        Assert.Contains(Path.Combine("a", "x.png") + ": cannot be decoded", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.png", SKEncodedImageFormat.Png)]
    [InlineData("x.jpg", SKEncodedImageFormat.Jpeg)]
    public void A_cut_file_is_refused_with_its_path(string name, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(32, 32);
        var set = Shapes10.Generate(1, seed: 0);
        for (var pixel = 0; pixel < 1024; pixel++)
            bitmap.SetPixel(pixel % 32, pixel / 32, new SKColor(set.Image(0)[pixel], set.Image(0)[1024 + pixel], set.Image(0)[2048 + pixel]));
        Save(bitmap, _folder.File("a", name), format);
        var bytes = File.ReadAllBytes(_folder.File("a", name));
        File.WriteAllBytes(_folder.File("a", name), bytes[..(bytes.Length * 3 / 4)]);

        var error = Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder.Root, 32, 32).PixelTensor());

        Assert.Contains(name + ": cannot be decoded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_in_turns_over_the_classes_are_those_of_a_set_in_memory_and_only_they_are_decoded()
    {
        foreach (var (index, path) in new[] { "a/1.png", "a/2.png", "a/3.png", "b/1.png", "c/1.png", "c/2.png" }.Index())
            Write(path[..1], path[2..], 2, 2, new SKColor((byte)(10 * (index + 1)), 0, 0));
        File.WriteAllText(_folder.File("a", "3.png"), "not an image");

        var samples = ImageFolder.Read(_folder.Root, 2, 2).InTurns().Take(5);

        Assert.Equal([10, 40, 50, 20, 60], Enumerable.Range(0, 5).Select(image => (int)samples.Image(image)[0]));
        Assert.Equal([0, 1, 2, 0, 2], samples.Labels.ToArray());
        var inMemory = new LabelledImages("copy", [.. Enumerable.Range(0, 5).SelectMany(image => samples.Image(image).ToArray())], samples.Labels.ToArray(), 2, 2, samples.ClassNames);
        Assert.Equal(inMemory.Digest(), samples.Digest());
        Assert.Equal(inMemory.PixelTensor().bytes.ToArray(), samples.PixelTensor().bytes.ToArray());
    }

    [Fact]
    public void A_missing_root_is_refused()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Read(Path.Combine(_folder.Root, "nowhere"), 4, 4));

        Assert.Contains("nowhere' does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_without_class_folders_is_refused_with_the_layout()
    {
        using var bitmap = new SKBitmap(4, 4);
        Save(bitmap, _folder.File("x.png"), SKEncodedImageFormat.Png);

        var error = Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder.Root, 4, 4));

        Assert.Contains("no class folders", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("<class>", "<image>.png"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_images_is_refused_with_the_layout()
    {
        Write("a", "x.png", 4, 4, SKColors.Red);
        File.WriteAllText(_folder.File("b", "x.gif"), "");

        var error = Assert.Throws<InvalidDataException>(() => ImageFolder.Read(_folder.Root, 4, 4));

        Assert.Contains(Path.Combine(_folder.Root, "b") + ": no images", error.Message, StringComparison.Ordinal);
        Assert.Contains("<image>.png", error.Message, StringComparison.Ordinal);
    }

    private void Write(string folder, string name, int width, int height, SKColor colour, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(colour);
        Save(bitmap, _folder.File(folder, name), format);
    }

    private static void Save(SKBitmap bitmap, string path, SKEncodedImageFormat format)
    {
        using var file = File.Create(path);
        bitmap.Encode(file, format, quality: 95);
    }
}
