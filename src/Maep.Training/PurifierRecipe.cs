using System.Text.Json.Serialization;
using Maep.Training.Autoencoder;

namespace Maep.Training;

/// <summary>Everything needed to repeat the training of one purifier; a file of <c>recipes/</c>.</summary>
public sealed record PurifierRecipe
{
    /// <summary>Name of the model, as in its file name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Training set: "cifar10", "cifar100" or "shapes10".</summary>
    public string Data { get; init; } = "cifar10";

    /// <summary>Size and form of the network.</summary>
    public MaskedAutoencoderOptions Network { get; init; } = new();

    /// <summary>How the adversarial images are made.</summary>
    public PairRecipe Pairs { get; init; } = new();

    /// <summary>Share of the patches hidden in a masked step, in [0, 1); the first version of the paper is quoted with 0.5.</summary>
    public double MaskingRatio { get; init; } = 0.5;

    /// <summary>Share of the steps that hide patches at all; 1 is the paper, less spends more of a small budget on purification.</summary>
    public double MaskedSteps { get; init; } = 1;

    /// <summary>Share of the images whose perturbation is scaled by a uniform factor in [0, 1], so that every budget up to epsilon is seen.</summary>
    public double WeakerShare { get; init; } = 0.3;

    /// <summary>Classifiers whose logits guide the training, beyond the paper; by default none.</summary>
    public GuidanceRecipe Guidance { get; init; } = new();

    /// <summary>
    /// Weights to go on from, written by an earlier run (runs/&lt;recipe&gt;/weights.safetensors); null starts from random ones.
    /// A learning rate that rises again after it fell goes on where a longer cosine would have to begin afresh.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Start { get; init; }

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>How long and how fast.</summary>
    public TrainerOptions Training { get; init; } = new();
}
