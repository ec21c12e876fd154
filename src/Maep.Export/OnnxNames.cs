namespace Maep.Export;

/// <summary>Names fixed by docs/model-format.md; every purifier and classifier file uses them.</summary>
public static class OnnxNames
{
    /// <summary>Input of every model: float RGB [N, 3, H, W] in [0, 1].</summary>
    public const string Image = "maep.image";

    /// <summary>Output of a purifier: float RGB [N, 3, H, W], clamped to [0, 1].</summary>
    public const string Purified = "maep.purified";

    /// <summary>Output of a classifier: float [N, K].</summary>
    public const string Logits = "maep.logits";

    /// <summary>Prefix of initialisers that are constants of the graph, not weights.</summary>
    internal const string ConstantPrefix = "maep.constant.";

    /// <summary>Metadata key of the network type.</summary>
    public const string Network = "maep.network";

    /// <summary>Metadata key of the network's options, JSON.</summary>
    public const string Options = "maep.options";

    /// <summary>Metadata key of the recipe's hash.</summary>
    public const string RecipeHash = "maep.recipe-hash";

    /// <summary>Metadata key of the numbers' precision.</summary>
    public const string Precision = "maep.precision";

    /// <summary>Metadata key of the training steps done.</summary>
    public const string Steps = "maep.steps";
}
