using System.Collections.Concurrent;

namespace Maep.Corruptions.Folders;

/// <summary>
/// Makes many images of each image of a folder, several sources at a time. Each file is written whole or not at all, and what is there
/// already is kept, so a run that was stopped goes on.
/// </summary>
/// <param name="destination">Folder to write; new, empty, or of an earlier run with the same settings.</param>
/// <param name="preparation">Brings the sources to size.</param>
/// <param name="format">How outputs are stored.</param>
public sealed class DerivedFolder(string destination, Preparation preparation, OutputFormat format)
{
    /// <summary>What the settings of a run have in common.</summary>
    /// <param name="kind">"corrupt" or "colorize".</param>
    /// <param name="source">Folder of the sources.</param>
    /// <param name="seed">Seed of the run.</param>
    public Dictionary<string, string> Settings(string kind, string source, ulong seed) => new()
    {
        ["kind"] = kind,
        ["source"] = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)),
        ["seed"] = seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["preparation"] = preparation.Description,
        ["format"] = format.Name,
    };

    /// <summary>Makes what is not there yet.</summary>
    /// <param name="settings">All that outputs depend on; kept in the manifest.</param>
    /// <param name="sources">The source images.</param>
    /// <param name="derive">The outputs of one, with paths that no other has.</param>
    /// <param name="threads">Sources worked on at a time, 1 or more; the outputs do not depend on it.</param>
    /// <param name="progress">Is told how many sources of how many are done; those whose outputs were all there do not count.</param>
    /// <param name="cancellation">Stops between sources.</param>
    /// <exception cref="InvalidDataException">The destination belongs to something else, or two sources give one path.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what was finished is kept.</exception>
    public DerivedSummary Write(
        IReadOnlyDictionary<string, string> settings, IReadOnlyList<SourceImage> sources, Func<SourceImage, IReadOnlyList<DerivedImage>> derive,
        int threads, Action<int, int> progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        RequireOnePathEach(sources);
        var manifest = FolderManifest.Begin(destination, settings);
        SourceImage[] pending = [.. sources.Where(source => derive(source).Any(Missing))];
        var unreadable = new ConcurrentBag<string>();
        var (written, done) = (0L, 0);
        var gate = new Lock();
        Parallel.ForEach(pending, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, source =>
        {
            if (TryRead(source, unreadable) is { } image)
            {
                foreach (var output in derive(source).Where(Missing))
                {
                    AtomicFile.Write(Path.Combine(destination, output.Path), stream => stream.Write(format.Encode(output.Make(image))));
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

    private bool Missing(DerivedImage output) => !File.Exists(Path.Combine(destination, output.Path));

    private RgbImage? TryRead(SourceImage source, ConcurrentBag<string> unreadable)
    {
        try
        {
            return preparation.Apply(ImageFile.Read(source.Path), source.Path);
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
        var twice = sources.GroupBy(source => $"{source.Class}/{format.FileName(source.Name)}", StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Skip(1).Any());
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
