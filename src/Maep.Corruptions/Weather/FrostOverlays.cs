using System.Security.Cryptography;

namespace Maep.Corruptions.Weather;

/// <summary>The pictures that <see cref="Frost"/> adds.</summary>
public sealed class FrostOverlays
{
    private const int Most = 5;
    private const int Smallest = Corruption.ImageNetSide + 1;

    private readonly Lazy<IReadOnlyList<RgbImage>> _images;

    private FrostOverlays(Func<IReadOnlyList<RgbImage>> images, string description) => (_images, Description) = (new(images), description);

    /// <summary>The pictures.</summary>
    public IReadOnlyList<RgbImage> Images => _images.Value;

    /// <summary>Where they are from: "drawn", or file names with a digest of the pixels.</summary>
    public string Description { get; }

    /// <summary>Reads the pictures of a folder: the first five by name, for the original draws from five although six come with it.</summary>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no pictures, or one cannot be decoded or is too small to be cut.</exception>
    public static FrostOverlays Load(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{folder}' does not exist; name a folder with pictures of frost, or leave --frost out and frost is drawn.");
        string[] files = [.. ImageTree.ImagesIn(folder).Take(Most)];
        RgbImage[] images = [.. files.Select(ImageFile.Read)];
        foreach (var (file, image) in files.Zip(images))
        {
            if (image.Height < Smallest || image.Width < Smallest)
                throw new InvalidDataException($"{file}: {image.Height}x{image.Width} pixels; a picture of frost needs at least {Smallest}x{Smallest}. Enlarge or remove it.");
        }
        var digest = Convert.ToHexStringLower(SHA256.HashData([.. images.SelectMany(image => image.Planar)]));
        return new FrostOverlays(() => images, $"{string.Join(' ', files.Select(Path.GetFileName))}, pixels {digest[..16]}");
    }

    /// <summary>Five pictures drawn when the first is needed, always the same.</summary>
    public static FrostOverlays Drawn() => new(() => [.. Enumerable.Range(0, Most).Select(FrostDrawing.Draw)], "drawn");
}
