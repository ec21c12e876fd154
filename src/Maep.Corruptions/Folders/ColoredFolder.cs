using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maep.Corruptions.Coloring;

namespace Maep.Corruptions.Folders;

/// <summary>Gives a folder of classes the colours of palettes: destination/palette/class/image.</summary>
public sealed class ColoredFolder
{
    private readonly IReadOnlyList<Palette> _palettes;
    private readonly int _perImage;
    private readonly ulong _seed;

    /// <param name="palettes">All palettes.</param>
    /// <param name="perImage">How many of them each image is given, 1 to all.</param>
    /// <param name="seed">With class and file name it sets which.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many palettes.</exception>
    public ColoredFolder(IReadOnlyList<Palette> palettes, int perImage, ulong seed)
    {
        if (perImage < 1 || perImage > palettes.Count)
            throw new ArgumentOutOfRangeException(nameof(perImage), perImage, $"{perImage} palettes for each image asked for; 1 to {palettes.Count} are there.");
        (_palettes, _perImage, _seed) = (palettes, perImage, seed);
    }

    /// <summary>The palettes of one image, each once.</summary>
    /// <param name="key">Class and file name.</param>
    public IReadOnlyList<Palette> PalettesOf(string key)
    {
        var random = new RandomNumbers(_seed, $"palettes/{key}");
        Palette[] drawn = [.. _palettes];
        for (var place = 0; place < _perImage; place++) // the beginning of a shuffle (Fisher and Yates)
        {
            var other = random.Whole(place, drawn.Length);
            (drawn[place], drawn[other]) = (drawn[other], drawn[place]);
        }
        return drawn[.._perImage];
    }

    /// <summary>Makes what the destination does not hold yet.</summary>
    /// <param name="source">Folder of class folders.</param>
    /// <param name="destination">Folder to write outside the source; new, empty, or of an earlier run with the same settings.</param>
    /// <param name="preparation">Brings the sources to size, before they are coloured.</param>
    /// <param name="format">How outputs are stored.</param>
    /// <inheritdoc cref="DerivedFolder.Write"/>
    /// <param name="threads"><inheritdoc cref="DerivedFolder.Write" path="/param[@name='threads']"/></param>
    /// <param name="progress"><inheritdoc cref="DerivedFolder.Write" path="/param[@name='progress']"/></param>
    /// <param name="cancellation"><inheritdoc cref="DerivedFolder.Write" path="/param[@name='cancellation']"/></param>
    public DerivedSummary Write(
        string source, string destination, Preparation preparation, OutputFormat format, int threads, Action<int, int> progress, CancellationToken cancellation)
    {
        var folder = new DerivedFolder(source, destination, preparation, format);
        var settings = folder.Settings("colorize", _seed);
        settings["palettes"] = string.Create(CultureInfo.InvariantCulture, $"{_perImage} of {_palettes.Count} for each image, pixels {Digest()[..16]}");
        return folder.Write(settings, image => Outputs(image, format), threads, progress, cancellation);
    }

    private IReadOnlyList<DerivedImage> Outputs(SourceImage image, OutputFormat format) =>
        [.. PalettesOf(image.Key).Select(palette => new DerivedImage(Path.Combine(palette.Name, image.Class, format.FileName(image.Name)), palette.Transfer.Apply))];

    private string Digest() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _palettes.Select(palette => $"{palette.Name} {palette.Digest}")))));
}
