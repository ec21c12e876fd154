using System.Text.Json.Serialization;
using Maep.Networks.Classifiers;

namespace Maep.Training;

/// <summary>What the file of a recipe's classifier does not tell: <see cref="ClassifierForm"/> in a recipe file.</summary>
public sealed record ClassifierPreparation
{
    /// <summary>Architecture of PyTorch weights, where they do not tell; null lets them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Architecture { get; init; }

    /// <summary>Mean that is subtracted from RGB in [0, 1], three numbers; null with <see cref="StandardDeviation"/> for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>Standard deviation that is divided by, three numbers above 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>Whether it takes blue, green, red.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>The same as the opener of models takes it.</summary>
    /// <exception cref="ArgumentException">Not three numbers, or a deviation that is not above 0.</exception>
    public ClassifierForm Form()
    {
        if (Mean is null && StandardDeviation is null)
            return new ClassifierForm(Architecture, null, BlueFirst);
        if (Mean is not { Count: 3 } mean || StandardDeviation is not { Count: 3 } deviation || deviation.Any(value => !(value > 0)))
            throw new ArgumentException($"Mean [{string.Join(", ", Mean ?? [])}] and StandardDeviation [{string.Join(", ", StandardDeviation ?? [])}] must be three numbers each, the deviations above 0.");
        return new ClassifierForm(Architecture, new PixelNormalization([.. mean], [.. deviation]), BlueFirst);
    }
}
