using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>The weights of somebody else's classifier under the names that the networks here give them, which are pytorch-cifar's.</summary>
internal sealed partial class WeightNames
{
    // What wrappers put ahead of every name: DataParallel, RobustBench, PyTorch Lightning, the robustness library.
    private static readonly string[] Prefixes = ["module.", "model.", "network.", "net.", "attacker.", "_orig_mod."];

    // How libraries call the mean and the standard deviation that a file brings along.
    private static readonly string[] MeanNames = ["normalize.mean", "normalizer.mean", "normalizer.new_mean", "normalization.mean", "normalize.mu", "mu", "mean"];
    private static readonly string[] DeviationNames = ["normalize.std", "normalizer.std", "normalizer.new_std", "normalization.std", "normalize.sigma", "sigma", "std"];

    private static readonly (Regex From, string To)[] Renamings =
    [
        (WideBlock(), "layer$1.$2."),        // WRN: block1.layer.0.
        (WideShortcut(), "shortcut.0."),     // WRN: convShortcut.
        (Downsample(), "shortcut."),         // torchvision
        (FullyConnected(), "linear."),       // torchvision, WRN
    ];

    private WeightNames(Dictionary<string, Tensor> tensors, PixelNormalization? normalization) => (Tensors, Normalization) = (tensors, normalization);

    /// <summary>Weights by pytorch-cifar's names, the normalisation taken out.</summary>
    public Dictionary<string, Tensor> Tensors { get; }

    /// <summary>The normalisation that the file brings along; null where it has none.</summary>
    public PixelNormalization? Normalization { get; }

    /// <summary>Renames the weights of a file.</summary>
    /// <param name="file">By the names in the file.</param>
    public static WeightNames Of(IReadOnlyDictionary<string, Tensor> file)
    {
        var named = file.ToDictionary(pair => WithoutPrefixes(pair.Key), pair => pair.Value);
        var normalization = Take(named, MeanNames) is { } mean && Take(named, DeviationNames) is { } deviation ? new PixelNormalization(mean, deviation) : null;
        // Batch counters are read by no forward pass; the sub-block of TRADES' wide networks is built and never called.
        var weights = named.Where(pair => !pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal) && !pair.Key.StartsWith("sub_block1.", StringComparison.Ordinal));
        var isWide = named.Keys.Any(name => WideBlock().IsMatch(name));
        return new WeightNames(weights.ToDictionary(pair => Renamed(pair.Key, isWide), pair => pair.Value), normalization);
    }

    private static string WithoutPrefixes(string name)
    {
        while (Prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } found)
            name = name[found.Length..];
        return name;
    }

    private static string Renamed(string name, bool isWide)
    {
        // The last normalisation of a wide network is called as the first one of a ResNet.
        if (isWide && name.StartsWith("bn1.", StringComparison.Ordinal))
            return $"bn.{name["bn1.".Length..]}";
        return Renamings.Aggregate(name, (renamed, renaming) => renaming.From.Replace(renamed, renaming.To));
    }

    private static float[]? Take(Dictionary<string, Tensor> named, string[] names)
    {
        var found = names.FirstOrDefault(name => named.TryGetValue(name, out var values) && values.numel() == 3);
        if (found is null)
            return null;
        var numbers = named[found].to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        named.Remove(found);
        return numbers;
    }

    [GeneratedRegex(@"^block(\d)\.layer\.(\d+)\.")]
    private static partial Regex WideBlock();

    [GeneratedRegex(@"(?<=\.)convShortcut\.")]
    private static partial Regex WideShortcut();

    [GeneratedRegex(@"(?<=\.)downsample\.")]
    private static partial Regex Downsample();

    [GeneratedRegex(@"^fc\.")]
    private static partial Regex FullyConnected();
}
