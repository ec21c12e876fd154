using System.Collections.Concurrent;

namespace Maep.Corruptions.Folders;

/// <summary>
/// Makes many images of each image of a folder, several sources at a time. Each file is written whole or not at all, and what is there
/// already is kept, so a run that was stopped goes on.
/// </summary>
/// <param name="source">Folder of class folders.</param>
/// <param name="destination">Folder to write outside the source; new, empty, or of an earlier run with the same settings.</param>
/// <param name="preparation">Brings the sources to size.</param>
/// <param name="format">How outputs are stored.</param>
public sealed class DerivedFolder(string source, string destination, Preparation preparation, OutputFormat format)
{
    /// <summary>What the settings of a run have in common.</summary>
    /// <param name="kind">"corrupt" or "colorize".</param>
    /// <param name="seed">Seed of the run.</param>
    public Dictionary<string, string> Settings(string kind, ulong seed) => new()
    {
        ["kind"] = kind,
        ["source"] = FullPath(source),
        ["seed"] = seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["preparation"] = preparation.Description,
        ["format"] = format.Name,
    };

    /// <summary>Makes what is not there yet.</summary>
    /// <param name="settings">All that outputs depend on; kept in the manifest.</param>
    /// <param name="derive">The outputs of one, with paths that no other has.</param>
    /// <param name="threads">Sources worked on at a time, 1 or more; the outputs do not depend on it.</param>
    /// <param name="progress">Is told how many sources of how many are done; those whose outputs were all there do not count.</param>
    /// <param name="cancellation">Stops between sources.</param>
    /// <exception cref="ArgumentException">The destination lies inside the source.</exception>
    /// <exception cref="InvalidDataException">The destination belongs to something else, or two sources give one path.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what was finished is kept.</exception>
    public DerivedSummary Write(
        IReadOnlyDictionary<string, string> settings, Func<SourceImage, IReadOnlyList<DerivedImage>> derive, int threads, Action<int, int> progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if ((FullPath(destination) + Path.DirectorySeparatorChar).StartsWith(FullPath(source) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ArgumentException($"'{destination}' lies inside '{source}', where it would be taken for a class; name a folder outside.");
        var sources = SourceImage.List(source);
        RequireOnePathEach(sources);
        var manifest = FolderManifest.Begin(destination, settings);
        SourceImage[] pending = [.. sources.Where(image => IsPending(image, derive, cancellation))];
        var unreadable = new ConcurrentBag<string>();
        var (written, done) = (0L, 0);
        var gate = new Lock();
        Parallel.ForEach(pending, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, image =>
        {
            if (TryRead(image, unreadable) is { } prepared)
            {
                foreach (var output in derive(image).Where(Missing))
                {
                    AtomicFile.Write(Path.Combine(destination, output.Path), stream => stream.Write(format.Encode(output.Make(prepared))));
                    Interlocked.Increment(ref written);
                }
            }
            lock (gate)
                progress(++done, pending.Length);
        });
        string[] faults = [.. unreadable.Order(StringComparer.Ordinal)];
        (manifest with { Unreadable = faults }).Write(destination);
        return new DerivedSummary(written, pending.Length - faults.Length, sources.Count - pending.Length, faults);
    }

    private static string FullPath(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    // Millions of outputs may be looked for before the first is made.
    private bool IsPending(SourceImage image, Func<SourceImage, IReadOnlyList<DerivedImage>> derive, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return derive(image).Any(Missing);
    }

    private bool Missing(DerivedImage output) => !File.Exists(Path.Combine(destination, output.Path));

    private RgbImage? TryRead(SourceImage image, ConcurrentBag<string> unreadable)
    {
        try
        {
            return preparation.Apply(ImageFile.Read(image.Path), image.Path);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            unreadable.Add(fault.Message);
            return null;
        }
    }

    private void RequireOnePathEach(IReadOnlyList<SourceImage> sources)
    {
        // Without case, for file systems that have none.
        var twice = sources.GroupBy(image => $"{image.Class}/{format.FileName(image.Name)}", StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Skip(1).Any());
        if (twice is not null)
            throw new InvalidDataException($"{twice.First().Path} and {twice.Skip(1).First().Path} would both become {twice.Key}; rename one of them.");
    }
}

/// <summary>What a run did.</summary>
/// <param name="Written">Files written.</param>
/// <param name="Sources">Sources they were made of.</param>
/// <param name="Finished">Sources whose outputs were all there before.</param>
/// <param name="Unreadable">Sources that gave no output, with the reason.</param>
public sealed record DerivedSummary(long Written, int Sources, int Finished, IReadOnlyList<string> Unreadable);
