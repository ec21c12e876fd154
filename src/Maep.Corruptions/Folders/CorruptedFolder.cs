using System.Globalization;
using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Folders;

/// <summary>Corrupts a folder of classes in the layout of ImageNet-C: destination/corruption/severity/class/image.</summary>
/// <param name="corruptions">Which.</param>
/// <param name="severities">Which, each 1 to 5.</param>
/// <param name="seed">With corruption, severity, class and file name it sets the random numbers of an output.</param>
public sealed class CorruptedFolder(IReadOnlyList<Corruption> corruptions, IReadOnlyList<int> severities, ulong seed)
{
    /// <summary>The pixels of one output.</summary>
    /// <param name="image">Prepared source.</param>
    /// <param name="key">Class and file name of the source.</param>
    /// <param name="corruption">Which corruption.</param>
    /// <param name="severity">1 to 5.</param>
    public RgbImage Corrupt(RgbImage image, string key, Corruption corruption, int severity) =>
        corruption.Apply(UnitImage.From(image), severity, new RandomNumbers(seed, string.Create(CultureInfo.InvariantCulture, $"{corruption.Name}/{severity}/{key}"))).ToRgb();

    /// <summary>Makes what the destination does not hold yet.</summary>
    /// <param name="source">Folder of class folders.</param>
    /// <param name="destination">Folder to write outside the source; new, empty, or of an earlier run with the same settings. Corruptions and severities may be added to it.</param>
    /// <param name="preparation">Brings the sources to size.</param>
    /// <param name="format">How outputs are stored.</param>
    /// <param name="frost">Overlays of frost, for the manifest.</param>
    /// <inheritdoc cref="DerivedFolder.Write"/>
    /// <param name="threads"><inheritdoc cref="DerivedFolder.Write" path="/param[@name='threads']"/></param>
    /// <param name="progress"><inheritdoc cref="DerivedFolder.Write" path="/param[@name='progress']"/></param>
    /// <param name="cancellation"><inheritdoc cref="DerivedFolder.Write" path="/param[@name='cancellation']"/></param>
    public DerivedSummary Write(
        string source, string destination, Preparation preparation, OutputFormat format, FrostOverlays frost,
        int threads, Action<int, int> progress, CancellationToken cancellation)
    {
        var folder = new DerivedFolder(source, destination, preparation, format);
        var settings = folder.Settings("corrupt", seed);
        if (corruptions.Any(corruption => corruption.Name == FolderManifest.Frost))
            settings[FolderManifest.Frost] = frost.Description;
        return folder.Write(settings, image => Outputs(image, format), threads, progress, cancellation);
    }

    private IReadOnlyList<DerivedImage> Outputs(SourceImage image, OutputFormat format) =>
    [
        .. from corruption in corruptions
           from severity in severities
           let path = Path.Combine(corruption.Name, severity.ToString(CultureInfo.InvariantCulture), image.Class, format.FileName(image.Name))
           select new DerivedImage(path, prepared => Corrupt(prepared, image.Key, corruption, severity)),
    ];
}
