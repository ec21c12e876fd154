namespace Maep.Transforms;

/// <summary>Which images of an ImageNet-C folder to load.</summary>
public sealed record ImageNetCOptions
{
    /// <summary>Folder of the corruptions or of their groups; <see cref="ImageNetCFolder"/> says how it is laid out.</summary>
    public required string Root { get; init; }

    /// <summary>Class index file such as Keras' imagenet_class_index.json; null where the folders tell the index, as <see cref="ImageNetClassIndex.For"/> says.</summary>
    public string? ClassIndexPath { get; init; }

    /// <summary>Corruptions to load; null for all that are there.</summary>
    public IReadOnlyCollection<string>? Corruptions { get; init; }

    /// <summary>Severities to load, each 1 to 5; null for all that are there.</summary>
    public IReadOnlyCollection<int>? Severities { get; init; }

    /// <summary>The cells that these options choose.</summary>
    /// <exception cref="ArgumentException">A corruption or severity asked for is not there.</exception>
    /// <inheritdoc cref="ImageNetCFolder.Open" path="/exception"/>
    public IReadOnlyList<ImageNetCCell> Cells()
    {
        var folder = ImageNetCFolder.Open(Root);
        var (corruptions, severities) = (folder.Cells.Select(cell => cell.Corruption).Distinct().ToArray(), folder.Cells.Select(cell => cell.Severity).Distinct().Order().ToArray());
        if (Corruptions?.Except(corruptions).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"{Root}: no corruption '{unknown}'; there are {string.Join(", ", corruptions)}.");
        }
        if (Severities?.Except(severities).ToArray() is [var missing, ..])
        {
            throw new ArgumentException($"{Root}: no severity {missing}; there are {string.Join(", ", severities)}.");
        }
        ImageNetCCell[] cells = [.. folder.Cells.Where(cell => Corruptions?.Contains(cell.Corruption) != false && Severities?.Contains(cell.Severity) != false)];
        return cells.Length > 0 ? cells
            : throw new ArgumentException($"{Root}: none of {string.Join(", ", Corruptions ?? corruptions)} is there at severity {string.Join(", ", Severities ?? severities)}; there are {string.Join(", ", folder.Cells.Select(cell => $"{cell.Corruption} {cell.Severity}"))}.");
    }
}
