
namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A run over changed images: what was found, and everything needed to repeat it.</summary>
public sealed record ChangedImagesRun
{
    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Name of the set evaluated.</summary>
    public required string Dataset { get; init; }

    /// <summary>Classifier measured.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>How it takes images and gives scores.</summary>
    public required string ClassifierDescription { get; init; }

    /// <summary>Purifier ahead of it; null for none.</summary>
    public ModelReference? Purifier { get; init; }

    /// <summary>How the purifier was applied; null for none.</summary>
    public string? PurifierDescription { get; init; }

    /// <summary>Size of the images as the classifier gets them, "224x224".</summary>
    public required string ImageSize { get; init; }

    /// <summary>Classes of the images, for telling an accuracy from chance; null where their number is not known.</summary>
    public int? Classes { get; init; }

    /// <summary>Settings of the run.</summary>
    public required CorruptionOptions Options { get; init; }

    /// <summary>What was found.</summary>
    public required CorruptionResult Result { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ResultRecord.ThisMachine;

    /// <summary>Folders of the set that were left out.</summary>
    public IReadOnlyList<string> PassedOver { get; init; } = [];
}
