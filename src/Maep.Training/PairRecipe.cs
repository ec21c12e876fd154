using System.Text.Json.Serialization;
using Maep.Attacks;

namespace Maep.Training;

/// <summary>One attack of a <see cref="PairRecipe"/>.</summary>
public sealed record PairAttack
{
    /// <summary>"fgsm", "bim", "pgd" or "mifgsm".</summary>
    public string Kind { get; init; } = "pgd";

    /// <summary>Gradient steps.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Length of one step as a multiple of 1/255; ignored by fgsm and mifgsm.</summary>
    public double StepSizeOver255 { get; init; } = 2;

    /// <summary>Share of the batches attacked this way, relative to the other weights.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The attack's settings at a budget.</summary>
    /// <exception cref="InvalidDataException">Unknown kind.</exception>
    public PgdOptions At(double epsilon)
    {
        try
        {
            return PgdOptions.Named(Kind, epsilon, StepSizeOver255 / 255, Steps);
        }
        catch (ArgumentException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }
}

/// <summary>How the adversarial half of the training pairs is made: each batch of training images is attacked once, on one classifier, by one attack.</summary>
public sealed record PairRecipe
{
    /// <summary>Budget, a multiple of 1/255; training scales perturbations down to cover smaller ones.</summary>
    public double EpsilonOver255 { get; init; } = 8;

    /// <summary>Classifier files attacked in turn, each used for a share of the batches.</summary>
    public IReadOnlyList<PairClassifier> Classifiers { get; init; } = [];

    /// <summary>Attacks drawn for each batch.</summary>
    public IReadOnlyList<PairAttack> Attacks { get; init; } = [new PairAttack()];

    /// <summary>Settings drawn for each batch in place of <see cref="Attacks"/>, so that no one attack is what a purifier learns; null takes those.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DrawnAttacks? Drawn { get; init; }

    /// <summary>Training images used, from the start of the set; 0 uses all.</summary>
    public int Images { get; init; }

    /// <summary>Attack away from what the classifier says of the clean image instead of its label: for photographs, whose classes the classifier numbers otherwise. Null uses labels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? FromPrediction { get; init; }

    /// <summary>Images attacked together.</summary>
    public int BatchSize { get; init; } = 250;

    /// <summary>Seed of every random choice.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>One classifier that pairs are attacked on.</summary>
public sealed record PairClassifier
{
    /// <summary>Weights, .onnx or .safetensors.</summary>
    public string Path { get; init; } = "";

    /// <summary>Share of the batches, relative to the other weights.</summary>
    public double Weight { get; init; } = 1;
}
