namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// What ImageNet-C fixes (Hendrycks and Dietterich, 2019): its corruptions by name, and the top-1 errors of AlexNet that corruption errors divide by.
/// Everything is looked up by name: lists of the corruptions in other orders are about, and zipping them with these numbers gives a wrong mCE silently.
/// </summary>
public static class ImageNetC
{
    /// <summary>Severities of a corruption, from 1.</summary>
    public const int Severities = 5;

    /// <summary>Rows and columns of an ImageNet-C image.</summary>
    public const int ImageSize = 224;

    /// <summary>AlexNet's top-1 error on clean ImageNet, a share: torchvision states 56.522 % accuracy for the weights behind the other errors; the article rounds to 43.5.</summary>
    public const double AlexNetCleanError = 0.43478;

    /// <summary>The 15 corruptions that mCE is the mean over, in the order of the article.</summary>
    public static IReadOnlyList<string> TestCorruptions { get; } =
    [
        "gaussian_noise", "shot_noise", "impulse_noise", "defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "snow", "frost", "fog",
        "brightness", "contrast", "elastic_transform", "pixelate", "jpeg_compression",
    ];

    /// <summary>The four corruptions meant for validation, which take no part in mCE.</summary>
    public static IReadOnlyList<string> ExtraCorruptions { get; } = ["speckle_noise", "gaussian_blur", "spatter", "saturate"];

    /// <summary>The corruptions of colour that the MAEP paper compares purifiers on (section 5.6, Fig. 6).</summary>
    public static IReadOnlyList<string> ColourCorruptions { get; } = ["brightness", "contrast", "saturate", "fog"];

    /// <summary>AlexNet's top-1 error at severities 1 to 5, shares (hendrycks/robustness, issue 10; torchvision alexnet-owt-4df8aa71).</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<double>> AlexNetErrors { get; } = new Dictionary<string, IReadOnlyList<double>>
    {
        ["gaussian_noise"] = [0.69528, 0.82542, 0.93554, 0.98138, 0.99452],
        ["shot_noise"] = [0.71224, 0.85108, 0.93574, 0.98182, 0.99146],
        ["impulse_noise"] = [0.78374, 0.89808, 0.94870, 0.98720, 0.99548],
        ["defocus_blur"] = [0.65624, 0.73202, 0.85036, 0.91364, 0.94714],
        ["glass_blur"] = [0.64308, 0.75054, 0.88806, 0.91622, 0.93344],
        ["motion_blur"] = [0.58430, 0.70048, 0.82108, 0.89750, 0.92638],
        ["zoom_blur"] = [0.70008, 0.76992, 0.80784, 0.84198, 0.87198],
        ["snow"] = [0.71726, 0.88392, 0.86468, 0.91870, 0.94952],
        ["frost"] = [0.61390, 0.79734, 0.88790, 0.89942, 0.93430],
        ["fog"] = [0.67474, 0.76050, 0.84378, 0.87260, 0.94500],
        ["brightness"] = [0.45140, 0.48502, 0.54048, 0.62166, 0.72440],
        ["contrast"] = [0.64548, 0.76150, 0.88874, 0.97760, 0.99270],
        ["elastic_transform"] = [0.52596, 0.70116, 0.55686, 0.64076, 0.80554],
        ["pixelate"] = [0.52218, 0.54620, 0.73728, 0.87092, 0.91262],
        ["jpeg_compression"] = [0.51002, 0.54718, 0.57294, 0.65458, 0.74778],
    };

    /// <summary>AlexNet's top-1 error, mean over the severities, a share; of the extra corruptions no more than this was published.</summary>
    public static IReadOnlyDictionary<string, double> AlexNetMeanErrors { get; } = new Dictionary<string, double>(
        AlexNetErrors.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Sum() / Severities)))
    {
        ["speckle_noise"] = 0.845388,
        ["gaussian_blur"] = 0.787108,
        ["spatter"] = 0.717512,
        ["saturate"] = 0.658248,
    };

    /// <summary>Names in the order of the article, the extra corruptions behind it, any others last by name.</summary>
    public static IEnumerable<string> InOrder(IEnumerable<string> corruptions) => corruptions.Distinct().OrderBy(Rank).ThenBy(name => name, StringComparer.Ordinal);

    private static int Rank(string corruption)
    {
        var rank = TestCorruptions.Concat(ExtraCorruptions).ToList().IndexOf(corruption);
        return rank < 0 ? int.MaxValue : rank;
    }
}
