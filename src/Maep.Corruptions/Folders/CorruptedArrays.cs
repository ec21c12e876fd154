using System.Globalization;
using Maep.Corruptions.Weather;

namespace Maep.Corruptions.Folders;

/// <summary>
/// Corrupts a set of 32 x 32 images into the layout of CIFAR-10-C: corruption.npy, uint8 [5 N, 32, 32, 3], severity 1 of all images first,
/// and labels.npy, uint8 [5 N]; beside them classes.txt.
/// </summary>
/// <param name="corruptions">Which.</param>
/// <param name="seed">With corruption, severity and the image's index it sets the random numbers of an output.</param>
public sealed class CorruptedArrays(IReadOnlyList<Corruption> corruptions, ulong seed)
{
    /// <summary>Names of the classes, one in a line, in index order: the arrays hold indices only.</summary>
    public const string ClassNamesFile = "classes.txt";

    /// <summary>Writes the arrays that the destination does not hold yet.</summary>
    /// <param name="name">What the manifest calls the set.</param>
    /// <param name="images">32 x 32 images.</param>
    /// <param name="labels">One class index each, 0 to 255.</param>
    /// <param name="classNames">Name of each class, in index order.</param>
    /// <param name="destination">Folder to write; new, empty, or of an earlier run with the same settings. Corruptions may be added to it.</param>
    /// <param name="frost">Overlays of frost, for the manifest.</param>
    /// <param name="threads">Images worked on at a time, 1 or more; the arrays do not depend on it.</param>
    /// <param name="progress">Is told how many images of how many are corrupted.</param>
    /// <param name="cancellation">Stops within an array, of which nothing is kept.</param>
    /// <returns>Names of the corruptions written; those there before are left out.</returns>
    /// <exception cref="InvalidDataException">The destination belongs to something else.</exception>
    /// <exception cref="OperationCanceledException">Stopped; finished arrays are kept.</exception>
    public IReadOnlyList<string> Write(
        string name, IReadOnlyList<RgbImage> images, IReadOnlyList<int> labels, IReadOnlyList<string> classNames, string destination, FrostOverlays frost,
        int threads, Action<int, int> progress, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>
        {
            ["kind"] = "corrupt",
            ["source"] = string.Create(CultureInfo.InvariantCulture, $"{name}, {images.Count} images"),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["format"] = "npy",
        };
        if (corruptions.Any(corruption => corruption.Name == FolderManifest.Frost))
            settings[FolderManifest.Frost] = frost.Description;
        FolderManifest.Begin(destination, settings);
        AtomicFile.WriteText(Path.Combine(destination, ClassNamesFile), string.Join('\n', classNames) + "\n");
        AtomicFile.Write(Path.Combine(destination, "labels.npy"), stream =>
        {
            NpyHeader.Write(stream, Corruption.Severities * labels.Count);
            for (var severity = 1; severity <= Corruption.Severities; severity++)
                stream.Write([.. labels.Select(label => checked((byte)label))]);
        });
        Corruption[] pending = [.. corruptions.Where(corruption => !File.Exists(PathOf(destination, corruption)))];
        var (done, total) = (0, pending.Length * Corruption.Severities * images.Count);
        foreach (var corruption in pending)
        {
            AtomicFile.Write(PathOf(destination, corruption), stream =>
            {
                NpyHeader.Write(stream, Corruption.Severities * images.Count, Corruption.CifarSide, Corruption.CifarSide, 3);
                for (var severity = 1; severity <= Corruption.Severities; severity++)
                {
                    stream.Write(Corrupted(images, corruption, severity, threads, cancellation));
                    progress(done += images.Count, total);
                }
            });
        }
        return [.. pending.Select(corruption => corruption.Name)];
    }

    private static string PathOf(string destination, Corruption corruption) => Path.Combine(destination, corruption.Name + ".npy");

    private byte[] Corrupted(IReadOnlyList<RgbImage> images, Corruption corruption, int severity, int threads, CancellationToken cancellation)
    {
        const int plane = Corruption.CifarSide * Corruption.CifarSide;
        var pixels = new byte[3 * plane * images.Count];
        var one = new CorruptedFolder([corruption], [severity], seed);
        Parallel.For(0, images.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, index =>
        {
            var planar = one.Corrupt(images[index], index.ToString(CultureInfo.InvariantCulture), corruption, severity).Planar;
            for (var place = 0; place < planar.Length; place++)
                pixels[(3 * plane * index) + (place % plane * 3) + (place / plane)] = planar[place];
        });
        return pixels;
    }
}
