using System.Security.Cryptography;

namespace Maep.Corruptions.Coloring;

/// <summary>An image whose colours others are given.</summary>
/// <param name="Name">File name without extension; names the folder of what is coloured by it.</param>
/// <param name="Transfer">Gives its colours.</param>
/// <param name="Digest">SHA-256 of its pixels, hexadecimal.</param>
public sealed record Palette(string Name, ReinhardTransfer Transfer, string Digest)
{
    /// <summary>Reads palettes: the images right in a folder, or one image.</summary>
    /// <returns>In ordinal order of their names.</returns>
    /// <exception cref="FileNotFoundException">No such file or folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no images, one cannot be decoded, or two have one name.</exception>
    public static IReadOnlyList<Palette> Load(string path)
    {
        IReadOnlyList<string> files = Directory.Exists(path) ? ImageTree.ImagesIn(path)
            : File.Exists(path) ? [path]
            : throw new FileNotFoundException($"'{path}' does not exist; name an image, or a folder of images, whose colours are to be given.", path);
        Palette[] palettes = [.. files.Select(Read).OrderBy(palette => palette.Name, StringComparer.Ordinal)];
        var twice = palettes.GroupBy(palette => palette.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Skip(1).Any());
        return twice is null ? palettes : throw new InvalidDataException($"{path}: two palettes are called '{twice.Key}'; rename one of them.");
    }

    private static Palette Read(string file)
    {
        var image = ImageFile.Read(file);
        return new Palette(Path.GetFileNameWithoutExtension(file), new ReinhardTransfer(ColorStatistics.Of(image)), Convert.ToHexStringLower(SHA256.HashData(image.Planar)));
    }
}
