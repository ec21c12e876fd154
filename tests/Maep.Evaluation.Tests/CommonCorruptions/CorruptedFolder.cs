namespace Maep.Evaluation.Tests.CommonCorruptions;

/// <summary>Folders of images in one colour each, laid out as ImageNet-C; their classes are red, green and blue.</summary>
internal sealed class CorruptedFolder : IDisposable
{
    public const int Size = 8;

    public static IReadOnlyList<string> Classes { get; } = ["n_red", "n_green", "n_blue"];

    public string Root { get; } = Directory.CreateTempSubdirectory("maep-corrupted-").FullName;

    public string Images => Path.Combine(Root, "images");

    public string ClassIndex => Path.Combine(Root, "classes.json");

    public CorruptedFolder() => File.WriteAllText(ClassIndex, """{ "0": ["n_red", "red"], "1": ["n_green", "green"], "2": ["n_blue", "blue"] }""");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes images of every class below a folder; the last <paramref name="wrong"/> of each class have the colour of the next one. Their names are numbers from <paramref name="first"/>.</summary>
    public CorruptedFolder With(string folder, int imagesPerClass, int wrong = 0, int size = Size, int first = 0)
    {
        foreach (var (label, name) in Classes.Index())
        {
            var path = Directory.CreateDirectory(Path.Combine(Root, folder, name)).FullName;
            for (var image = 0; image < imagesPerClass; image++)
            {
                var colour = image < imagesPerClass - wrong ? label : (label + 1) % 3;
                File.WriteAllBytes(Path.Combine(path, $"{first + image:D4}.png"), ImageFile.Png(Solid(colour, size, (byte)(100 + image))));
            }
        }
        return this;
    }

    public static RgbImage Solid(int channel, int size, byte value)
    {
        var planar = new byte[3 * size * size];
        planar.AsSpan(channel * size * size, size * size).Fill(value);
        return new RgbImage(planar, size, size);
    }
}
