using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// Counts how many corrupted images a classifier gets right, alone and behind a purifier, in one pass over the files. It holds one batch of
/// images at a time; images that cannot be read are counted, listed and passed over.
/// </summary>
/// <param name="classifier">What is measured.</param>
/// <param name="purifier">What is put ahead of it; null for nothing.</param>
/// <param name="options">Sizes, state.</param>
public sealed class CorruptionEvaluator(IImageClassifier classifier, IImagePurifier? purifier, CorruptionOptions options)
{
    private sealed record Found(List<CellResult> Cells, List<UnreadableImage> Unreadable);

    private readonly record struct Usable(CorruptedImage Image, ClassifierInput Input);

    private RunState<Found>? _state;

    /// <summary>Images that a run over these sets looks at.</summary>
    public long Images(ICorruptedImages set, ICorruptedImages? clean) => Work(set, clean).Sum(work => Taken(work.Cell));

    /// <summary>Different photographs among the images that a run looks at: as many as each cell has where all cells show the same ones.</summary>
    public long Photographs(ICorruptedImages set) => set.Cells.SelectMany(cell => Chosen(set.Images(cell), cell)).Select(image => image.Key).Distinct().LongCount();

    /// <summary>Classifies what the state file does not hold yet.</summary>
    /// <param name="set">Corrupted images.</param>
    /// <param name="clean">The same images without corruption, in a single cell; null where there are none.</param>
    /// <param name="progress">Receives the number of images done, of <see cref="Images"/>; first what an earlier sitting did.</param>
    /// <param name="cancellation">Stops after the current batch, which is kept.</param>
    /// <exception cref="InvalidDataException">None of the first images can be used, or the state file is damaged or belongs to another run.</exception>
    public CorruptionResult Evaluate(ICorruptedImages set, ICorruptedImages? clean, Action<long> progress, CancellationToken cancellation)
    {
        options.Validate();
        var clock = Stopwatch.StartNew();
        var work = Work(set, clean).ToArray();
        _state = new RunState<Found>(options.StatePath, Identity(set, clean));
        var found = _state.Found ?? new Found([], []);
        var finished = 0L;
        foreach (var (source, cell, fit) in work)
        {
            EvaluateCell(source, cell, fit, found, _state, done => progress(finished + done), cancellation);
            finished += Taken(cell);
        }
        return new CorruptionResult
        {
            Cells = [.. set.Cells.Select(cell => Of(found, cell)!)],
            Clean = clean is null ? null : Of(found, clean.Cells[0]),
            Unreadable = found.Unreadable,
            IsImageNet = set.IsImageNet,
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Removes the state file: the result is stored.</summary>
    public void Finish() => _state?.Delete();

    private void EvaluateCell(ICorruptedImages source, CellSize cell, ImageFit fit, Found found, RunState<Found> state, Action<long> progress, CancellationToken cancellation)
    {
        var result = Of(found, cell) ?? new CellResult(cell.Corruption, cell.Severity) { PurifiedCorrect = purifier is null ? null : 0 };
        var saved = Stopwatch.StartNew();
        try
        {
            progress(result.Tried);
            if (result.Tried >= Taken(cell))
                return;
            foreach (var batch in Chosen(source.Images(cell), cell).Skip(checked((int)result.Tried)).Chunk(options.BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                result = Add(result, batch, fit, found);
                Put(found, result);
                if (saved.Elapsed >= options.SaveEvery)
                {
                    state.Save(found);
                    saved.Restart();
                }
                progress(result.Tried);
            }
        }
        finally
        {
            if (found.Cells.Count > 0)
                state.Save(found); // also when cancelled: finished batches are kept
        }
    }

    private CellResult Add(CellResult result, CorruptedImage[] batch, ImageFit fit, Found found)
    {
        var usable = Read(batch, fit, out var faults);
        // A folder of the wrong kind should not be read to its end: its first batch tells, whatever the clean images are like. A damaged cell among sound ones ends nothing.
        if (usable.Count == 0 && result.Images == 0 && found.Cells.TrueForAll(cell => cell.Images == 0 || (cell.Severity == 0) != (result.Severity == 0)))
            throw new InvalidDataException($"{result.Corruption}{(result.Severity > 0 ? $", severity {result.Severity}" : "")}: none of the first {batch.Length} images can be used; {faults[0].Name}: {faults[0].Reason}.");
        found.Unreadable.AddRange(faults.Take(CorruptionResult.MaximumListed - found.Unreadable.Count));
        var bare = usable.Count == 0 ? [] : classifier.Classify([.. usable.Select(image => image.Input)]);
        var cut = 0;
        var purified = usable.Count == 0 || purifier is null ? [] : classifier.Classify(purifier.Purified([.. usable.Select(image => image.Input)], out cut));
        return result with
        {
            Tried = result.Tried + batch.Length,
            Unreadable = result.Unreadable + faults.Count,
            BareCorrect = result.BareCorrect + Correct(bare, usable),
            PurifiedCorrect = result.PurifiedCorrect + Correct(purified, usable),
            PurifiedCut = result.PurifiedCut + cut,
        };
    }

    private List<Usable> Read(CorruptedImage[] batch, ImageFit fit, out List<UnreadableImage> unreadable)
    {
        var read = new (ClassifierInput? Input, string Reason)[batch.Length];
        Parallel.For(0, batch.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, place =>
        {
            try
            {
                read[place] = (Input(batch[place], fit), "");
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                read[place] = (null, fault.Message);
            }
        });
        unreadable = [.. batch.Zip(read).Where(pair => pair.Second.Input is null).Select(pair => new UnreadableImage(pair.First.Name, pair.Second.Reason))];
        return [.. batch.Zip(read).Where(pair => pair.Second.Input is not null).Select(pair => new Usable(pair.First, pair.Second.Input!))];
    }

    /// <summary>An image as the classifier gets it.</summary>
    /// <exception cref="InvalidDataException">It cannot be decoded, or has another size.</exception>
    internal ClassifierInput Input(CorruptedImage image, ImageFit fit)
    {
        var fitted = image.Read().Fit(fit, classifier.Height, classifier.Width);
        return new ClassifierInput(Array.ConvertAll(fitted.Planar, value => value / 255f), image.Name);
    }

    private IEnumerable<CorruptedImage> Chosen(IEnumerable<CorruptedImage> images, CellSize cell)
    {
        var taken = Taken(cell);
        return taken == cell.Images ? images : images.Where((_, index) => (index + 1L) * taken / cell.Images > index * taken / cell.Images);
    }

    private long Taken(CellSize cell) => Math.Min(options.ImagesPerCell ?? long.MaxValue, cell.Images);

    private IEnumerable<(ICorruptedImages Source, CellSize Cell, ImageFit Fit)> Work(ICorruptedImages set, ICorruptedImages? clean) =>
        (clean is null ? [] : clean.Cells.Select(cell => (clean, cell, options.CleanFit))).Concat(set.Cells.Select(cell => (set, cell, options.Fit)));

    private string Identity(ICorruptedImages set, ICorruptedImages? clean)
    {
        var cells = Work(set, clean).Select(work => string.Create(CultureInfo.InvariantCulture, $"{work.Cell.Corruption} {work.Cell.Severity} {work.Cell.Images} {work.Fit} {Stamp(work.Source.FirstFile(work.Cell))}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{set.Name}{(clean is null ? "" : $" and {clean.Name}")}, cells {Digest(cells)}, classes {Digest(set.ClassFolders)}, {options.ImagesPerCell?.ToString(CultureInfo.InvariantCulture) ?? "all"} images per cell, {options.Subject}");
    }

    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}");
    }

    private static string Digest(IEnumerable<string> lines) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..12];

    private static CellResult? Of(Found found, CellSize cell) => found.Cells.Find(result => result.Corruption == cell.Corruption && result.Severity == cell.Severity);

    private static void Put(Found found, CellResult result)
    {
        found.Cells.RemoveAll(other => other.Corruption == result.Corruption && other.Severity == result.Severity);
        found.Cells.Add(result);
    }

    private static long Correct(int[] predicted, List<Usable> images) => predicted.Zip(images).LongCount(pair => pair.First == pair.Second.Image.Label);
}
