using Maep.Evaluation;
using Maep.Export;
using Maep.Training.Purifiers;

namespace Maep.Cli;

/// <summary>An opened model and what the command line called it.</summary>
/// <param name="Source">Path, or name of a purifier that has no file.</param>
/// <param name="File">What was opened.</param>
internal sealed record NamedModel(string Source, ModelFile File)
{
    /// <summary>How records name it.</summary>
    public ModelReference Reference => ModelReference.Of(Source, File);

    /// <summary>What adaptive attacks differentiate instead of a purifier without useful gradients; null for exact gradients.</summary>
    public string? GradientStandIn => (File.Network as UntrainedPurifier)?.GradientStandIn;

    /// <summary>How state files tell models apart.</summary>
    public static string Digest(NamedModel? model) => model?.Reference.Digest ?? "none";

    /// <summary>A classifier file.</summary>
    public static NamedModel Classifier(string path) => new(path, ModelFile.Open(path));
}
