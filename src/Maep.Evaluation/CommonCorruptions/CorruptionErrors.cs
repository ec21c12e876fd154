namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// Corruption errors of one classifier (Hendrycks and Dietterich, 2019, section 4.2) from its top-1 errors. A figure whose corruptions or severities are
/// not all there is null: it is withheld, never computed over fewer.
/// </summary>
public sealed class CorruptionErrors
{
    private readonly Dictionary<string, Dictionary<int, double>> _errors = [];
    private readonly double? _clean;
    private readonly bool _againstAlexNet;

    /// <param name="errors">Top-1 error of each corruption and severity 1..5, a share in [0, 1].</param>
    /// <param name="cleanError">Top-1 error on the images without corruption, a share; null where it is not known, and relative figures then are withheld.</param>
    /// <param name="againstAlexNet">False where the images are not ImageNet's, so that AlexNet's errors say nothing: every corruption error is withheld.</param>
    /// <exception cref="ArgumentException">A severity or an error is out of range, or a cell is given twice.</exception>
    public CorruptionErrors(IEnumerable<CellError> errors, double? cleanError = null, bool againstAlexNet = true)
    {
        foreach (var (corruption, severity, error) in errors)
        {
            if (severity is < 1 or > ImageNetC.Severities || error is not (>= 0 and <= 1))
                throw new ArgumentException($"{corruption}, severity {severity}: error {error} given; severities are 1..{ImageNetC.Severities} and errors shares in [0, 1].", nameof(errors));
            if (!(_errors.TryGetValue(corruption, out var found) ? found : _errors[corruption] = []).TryAdd(severity, error))
                throw new ArgumentException($"{corruption}, severity {severity} is given twice; pass each cell once.", nameof(errors));
        }
        if (cleanError is { } clean && clean is not (>= 0 and <= 1))
            throw new ArgumentException($"Clean error {clean} given; pass a share in [0, 1], or null.", nameof(cleanError));
        (_clean, _againstAlexNet) = (cleanError, againstAlexNet);
    }

    /// <summary>Corruptions with at least one severity, in the order of <see cref="ImageNetC.InOrder"/>.</summary>
    public IReadOnlyList<string> Corruptions => [.. ImageNetC.InOrder(_errors.Keys)];

    /// <summary>Mean corruption error in percent of AlexNet's, over the 15 test corruptions.</summary>
    public double? MeanCorruptionError => MeanOverTest(CorruptionError);

    /// <summary>Mean relative corruption error in percent of AlexNet's, over the 15 test corruptions.</summary>
    public double? RelativeMeanCorruptionError => MeanOverTest(RelativeCorruptionError);

    /// <summary>Mean accuracy over the cells of the 15 test corruptions that are there, a share; null where there is none. Say <see cref="TestCells"/> beside it.</summary>
    public double? MeanAccuracy => TestErrors.Any() ? 1 - TestErrors.Average() : null;

    /// <summary>Cells of the 15 test corruptions that are there, of 75.</summary>
    public int TestCells => TestErrors.Count();

    /// <summary>Mean accuracy over the corruptions of colour of the MAEP paper (Fig. 6), a share.</summary>
    public double? ColourAccuracy => ImageNetC.ColourCorruptions.All(IsComplete) ? 1 - ImageNetC.ColourCorruptions.Average(corruption => SumOfErrors(corruption) / ImageNetC.Severities) : null;

    /// <summary>What the 15 test corruptions lack, one text for each corruption: "fog: severities 2, 5" or "snow".</summary>
    public IReadOnlyList<string> Missing => Lacking(ImageNetC.TestCorruptions);

    /// <summary>The same for the corruptions of colour.</summary>
    public IReadOnlyList<string> MissingColour => Lacking(ImageNetC.ColourCorruptions);

    /// <summary>Error at a severity, a share; null where the cell is not there.</summary>
    public double? Error(string corruption, int severity) =>
        _errors.TryGetValue(corruption, out var found) && found.TryGetValue(severity, out var error) ? error : null;

    /// <summary>Mean error over the severities that are there, a share; null where there is none.</summary>
    public double? MeanError(string corruption) => _errors.TryGetValue(corruption, out var found) ? found.Values.Average() : null;

    /// <summary>CE: the errors of all five severities together, in percent of AlexNet's. Null for corruptions without published errors of AlexNet, too.</summary>
    public double? CorruptionError(string corruption) =>
        _againstAlexNet && IsComplete(corruption) && AlexNetSum(corruption) is { } alexNet ? 100 * (SumOfErrors(corruption) / alexNet) : null;

    /// <summary>Relative CE: what the corruption adds to the clean error, in percent of what it adds to AlexNet's.</summary>
    public double? RelativeCorruptionError(string corruption) =>
        _againstAlexNet && _clean is { } clean && IsComplete(corruption) && AlexNetSum(corruption) is { } alexNet
            ? 100 * ((SumOfErrors(corruption) - ImageNetC.Severities * clean) / (alexNet - ImageNetC.Severities * ImageNetC.AlexNetCleanError)) : null;

    private IEnumerable<double> TestErrors => ImageNetC.TestCorruptions.Where(_errors.ContainsKey).SelectMany(corruption => _errors[corruption].Values);

    private bool IsComplete(string corruption) => _errors.TryGetValue(corruption, out var found) && found.Count == ImageNetC.Severities;

    // From severity 1 upwards, as AlexNet's: equal errors then give a quotient of exactly 1.
    private double SumOfErrors(string corruption) => Enumerable.Range(1, ImageNetC.Severities).Sum(severity => _errors[corruption][severity]);

    private static double? AlexNetSum(string corruption) => ImageNetC.AlexNetErrors.TryGetValue(corruption, out var errors) ? errors.Sum()
        : ImageNetC.AlexNetMeanErrors.TryGetValue(corruption, out var mean) ? ImageNetC.Severities * mean : null;

    private static double? MeanOverTest(Func<string, double?> figure)
    {
        double?[] figures = [.. ImageNetC.TestCorruptions.Select(figure)];
        return figures.Contains(null) ? null : figures.Average();
    }

    private List<string> Lacking(IEnumerable<string> corruptions) => [.. corruptions.Where(corruption => !IsComplete(corruption)).Select(corruption =>
        _errors.TryGetValue(corruption, out var found)
            ? $"{corruption}: severities {string.Join(", ", Enumerable.Range(1, ImageNetC.Severities).Except(found.Keys))}"
            : corruption)];
}

/// <summary>Top-1 error of one corruption at one severity.</summary>
/// <param name="Corruption">Name, as in <see cref="ImageNetC.TestCorruptions"/>.</param>
/// <param name="Severity">1 to 5.</param>
/// <param name="Error">Share in [0, 1].</param>
public readonly record struct CellError(string Corruption, int Severity, double Error);
