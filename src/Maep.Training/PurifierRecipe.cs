using System.Text.Json.Serialization;
using Maep.Networks.Purifiers;

namespace Maep.Training;

/// <summary>Everything needed to repeat the training of one purifier; a file of <c>recipes/</c>.</summary>
public sealed record PurifierRecipe
{
    internal const string Dihedral = "dihedral";

    /// <summary>Name of the model, as in its file name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Training set: "cifar10", "cifar100" or "shapes10"; with <see cref="Folder"/> the name of a folder of photographs among the data sets.</summary>
    public string Data { get; init; } = "cifar10";

    /// <summary>How a folder of photographs becomes training images; null for a set by name. A network smaller than the images goes over them in tiles.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FolderRecipe? Folder { get; init; }

    /// <summary>Size and form of the network.</summary>
    public MaskedAutoencoderOptions Network { get; init; } = new();

    /// <summary>DISCO in place of the masked autoencoder; null leaves <see cref="Network"/> in force. DISCO hides nothing: set the masking ratio to 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DiscoOptions? Disco { get; init; }

    /// <summary>How the adversarial images are made.</summary>
    public PairRecipe Pairs { get; init; } = new();

    /// <summary>Share of the patches hidden in a masked step, in [0, 1); the first version of the paper is quoted with 0.5.</summary>
    public double MaskingRatio { get; init; } = 0.5;

    /// <summary>Share of the steps that hide patches at all; 1 is the paper, less spends more of a small budget on purification.</summary>
    public double MaskedSteps { get; init; } = 1;

    /// <summary>Share of the images whose perturbation is scaled by a uniform factor in [0, 1], so that every budget up to epsilon is seen.</summary>
    public double WeakerShare { get; init; } = 0.3;

    /// <summary>A loss design that the paper compares MAEP with; null is MAEP's own (Eq. 15).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LossRecipe? Loss { get; init; }

    /// <summary>Random changes of a pair: null shifts by up to 4 pixels and flips left to right; "dihedral" flips both ways and swaps rows with columns, as DISCO does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Augmentation { get; init; }

    /// <summary>Classifiers whose logits guide the training, beyond the paper; by default none.</summary>
    public GuidanceRecipe Guidance { get; init; } = new();

    /// <summary>How classifiers that the recipe names are opened, by their paths in it; null where their files tell all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, ClassifierPreparation>? Classifiers { get; init; }

    /// <summary>
    /// Weights to go on from: an earlier run's (runs/&lt;recipe&gt;/weights.safetensors), or a model file's (.onnx); null starts from random ones.
    /// A learning rate that rises again after it fell goes on where a longer cosine would have to begin afresh.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Start { get; init; }

    /// <summary>Images of a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>How long and how fast.</summary>
    public TrainerOptions Training { get; init; } = new();

    /// <summary>The untrained network of the recipe.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public TrainablePurifier CreateNetwork() => Disco is { } disco ? new Disco(disco) : new MaskedAutoencoder(Network);

    /// <summary>Lists every fault of the parts that must fit each other, then those of the schedule and of the attacks.</summary>
    /// <exception cref="ArgumentException">They do not fit, or a number is outside its range.</exception>
    /// <exception cref="InvalidDataException">Unknown kind of attack.</exception>
    public void Validate()
    {
        List<string> faults = [];
        if (Augmentation is not (null or Dihedral))
            faults.Add($"Augmentation '{Augmentation}' is not known; use {Dihedral}, or leave it out.");
        if (Disco is not null && MaskingRatio > 0)
            faults.Add($"DISCO hides no patches; set MaskingRatio {MaskingRatio} to 0.");
        if (Folder is not null && (Loss is not null || MaskedSteps > 0))
            faults.Add($"Photographs are purified whole, in tiles; set MaskedSteps {MaskedSteps} to 0 and leave Loss out.");
        if (Folder is not null && Pairs.FromPrediction != true)
            faults.Add("The classes of photographs are not numbered as the classifier's; set FromPrediction of Pairs to true.");
        if (BatchSize < 1 || Pairs.BatchSize < 1)
            faults.Add($"BatchSize {BatchSize} and that of Pairs, {Pairs.BatchSize}, must be at least 1.");
        if (MaskingRatio is not (>= 0 and < 1))
            faults.Add($"MaskingRatio {MaskingRatio} must be in [0, 1).");
        if (MaskedSteps is not (>= 0 and <= 1) || WeakerShare is not (>= 0 and <= 1))
            faults.Add($"MaskedSteps {MaskedSteps} and WeakerShare {WeakerShare} are shares and must be in [0, 1].");
        if (Guidance.Weight < 0 || (Guidance.Weight == 0 && Guidance.Classifiers.Count > 0))
            faults.Add($"Weight {Guidance.Weight} of Guidance must be above 0; leave Guidance out to have none.");
        if (Guidance.Weight > 0 && MaskingRatio > 0 && MaskedSteps >= 1)
            faults.Add($"Guidance takes part in steps that hide nothing only; set MaskedSteps {MaskedSteps} below 1 or MaskingRatio {MaskingRatio} to 0.");
        string[] named = [.. Pairs.Classifiers.Select(classifier => classifier.Path), .. Guidance.Classifiers];
        if (Classifiers?.Keys.FirstOrDefault(path => !named.Contains(path)) is { } stranger)
            faults.Add($"'{stranger}' of Classifiers is named neither by Pairs nor by Guidance; use the same path as there.");
        if (Loss is not null)
            faults.AddRange(Loss.Faults(MaskingRatio, Guidance.Weight));
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
        Training.Validate();
        foreach (var preparation in Classifiers?.Values ?? [])
            preparation.Form();
        if (Pairs.Drawn is { MostSteps: < 1 and var most })
            throw new ArgumentException($"MostSteps {most} of Drawn must be at least 1.");
        foreach (var attack in Pairs.Attacks)
            attack.At(Pairs.EpsilonOver255 / 255).Validate();
    }
}
