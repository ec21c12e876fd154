using Maep.Corruptions.Folders;
using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Tests.Folders;

public sealed class CorruptedArraysTests : IDisposable
{
    private const int ImageBytes = 32 * 32 * 3;

    private static readonly FrostOverlays Overlays = FrostOverlays.Drawn();
    private static readonly RgbImage[] Images = [Pictures.SmallScene, Pictures.Scene.Crop(0, 0, 32, 32), Pictures.Scene.Crop(100, 100, 32, 32)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_array_holds_all_images_of_severity_1_then_of_2_pixel_by_pixel()
    {
        Run(threads: 2, "contrast");

        var file = File.ReadAllBytes(_folder.Path("out", "contrast.npy"));
        var header = System.Text.Encoding.ASCII.GetString(file, 10, 118);
        Assert.StartsWith("{'descr': '|u1', 'fortran_order': False, 'shape': (15, 32, 32, 3), }", header, StringComparison.Ordinal);
        Assert.EndsWith("\n", header, StringComparison.Ordinal);
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0], file[..10]);
        Assert.Equal(128 + (15 * ImageBytes), file.Length);
        var expected = new CorruptionCatalogue(Overlays).Select(["contrast"])[0].Apply(UnitImage.From(Images[1]), 2, Pictures.Numbers()).ToRgb();
        var pixels = file.AsSpan(128 + (4 * ImageBytes), ImageBytes); // severity 2, image 1
        for (var pixel = 0; pixel < 1024; pixel++)
            Assert.Equal([expected.Planar[pixel], expected.Planar[pixel + 1024], expected.Planar[pixel + 2048]], pixels.Slice(3 * pixel, 3).ToArray());
    }

    [Fact]
    public void Labels_are_repeated_for_each_severity()
    {
        Run(threads: 1, "fog");

        Assert.Equal([7, 0, 9, 7, 0, 9, 7, 0, 9, 7, 0, 9, 7, 0, 9], File.ReadAllBytes(_folder.Path("out", "labels.npy"))[128..]);
    }

    [Fact]
    public void Threads_change_nothing_and_finished_arrays_are_kept()
    {
        var first = Run(threads: 1, "noise");
        var one = File.ReadAllBytes(_folder.Path("out", "shot_noise.npy"));
        File.Delete(_folder.Path("out", "shot_noise.npy"));

        var second = Run(threads: 4, "noise");

        Assert.Equal(["gaussian_noise", "shot_noise", "impulse_noise"], first);
        Assert.Equal(["shot_noise"], second);
        Assert.Equal(one, File.ReadAllBytes(_folder.Path("out", "shot_noise.npy")));
    }

    private IReadOnlyList<string> Run(int threads, string word) => new CorruptedArrays(new CorruptionCatalogue(Overlays).Select([word]), seed: 0)
        .Write("three", Images, [7, 0, 9], [.. Enumerable.Range(0, 10).Select(index => $"kind {index}")], _folder.Path("out"), Overlays, threads, (_, _) => { }, default);
}
