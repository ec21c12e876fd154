using System.Runtime.InteropServices;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Export;
using Maep.Networks.Classifiers;
using Maep.Training.Data;
using static TorchSharp.torch;

namespace Maep.Cli;

/// <summary>An opened model and what the command line called it.</summary>
/// <param name="Source">Path, or name of a purifier that has no file.</param>
/// <param name="File">What was opened.</param>
internal sealed record NamedModel(string Source, ModelFile File)
{
    /// <summary>How records name it.</summary>
    public ModelReference Reference => ModelReference.Of(Source, File);

    /// <summary>What adaptive attacks differentiate instead of a purifier without useful gradients; null for exact gradients.</summary>
    public string? GradientStandIn => File.Purifier?.GradientStandIn;

    /// <summary>The network as a classifier that messages name by its source.</summary>
    public CheckedModel AsClassifier() => CheckedModel.Classifier(File.Network, Source);

    /// <summary>The network as a purifier that messages name by its source.</summary>
    public CheckedModel AsPurifier() => CheckedModel.Purifier(File.Network, Source);

    /// <summary>How state files tell models apart.</summary>
    public static string Digest(NamedModel? model) => model?.Reference.Digest ?? "none";

    /// <summary>A classifier file for some images.</summary>
    /// <exception cref="InvalidDataException">It takes other images, or has another number of classes than they.</exception>
    /// <param name="path">The file.</param>
    /// <param name="images">The images.</param>
    /// <param name="form">What the file does not tell; null where it tells all.</param>
    public static NamedModel Classifier(string path, LabelledImages images, ClassifierForm? form = null)
    {
        var model = new NamedModel(path, ModelFile.Open(path, form));
        if (model.Reference.Notes is { } notes)
            Console.WriteLine($"{Path.GetFileName(path)}: {notes}");
        var scores = Scores(model, images);
        return scores == images.ClassNames.Count ? model
            : throw new InvalidDataException($"{path}: {scores} scores, but {images.Name} has {images.ClassNames.Count} classes; give a classifier of these classes, or, for a folder, the class index that numbers them (--classes).");
    }

    private static long Scores(NamedModel model, LabelledImages images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var bytes = images.Take(1).PixelTensor();
        try
        {
            return model.File.Network.call(LabelledImages.ToUnitRange(bytes)).shape[1];
        }
        catch (Exception fault) when (fault is ExternalException or ArgumentException) // what TorchSharp throws for whatever libtorch refuses; images that an imported network does not take
        {
            throw new InvalidDataException($"{model.Source}: does not take images of {images.Height}x{images.Width} ({fault.Message.Split('\n')[0]}); give a classifier for that size, or choose another --size for a folder.", fault);
        }
    }
}
