using System.CommandLine;
using Maep.Export;
using Maep.Training.Data;
using Maep.Transforms;

namespace Maep.Cli;

/// <summary>The options that choose a purifier and how it goes over images of another size than its own, for the commands that attack.</summary>
/// <param name="effect">What the purifier does in the command.</param>
internal sealed class PurifierOptions(string effect)
{
    /// <summary><c>--purifier</c>.</summary>
    public Option<string?> Source { get; } = CommonOptions.Purifier(effect);

    private readonly Option<int> _overlap = new("--tile-overlap") { Description = "Least pixels that tiles share where the images are of another size than the purifier's.", DefaultValueFactory = _ => AdversarialPurifierOptions.DefaultTileOverlap };

    public void AddTo(Command command)
    {
        command.Add(Source);
        command.Add(_overlap);
    }

    /// <summary>What names of files call the purifier.</summary>
    public string Stem(ParseResult parsed) => parsed.GetValue(Source) is { } source ? ModelFile.Stem(source) : "bare";

    /// <summary>The purifier, in tiles where the images need them; null without one.</summary>
    public NamedModel? Open(ParseResult parsed, LabelledImages images, NamedModel classifier)
    {
        if (parsed.GetValue(Source) is not { } source)
            return null;
        var file = ModelFile.OpenPurifier(source, classifier.File.Network);
        return new NamedModel(source, file with { Network = file.Purifier!.For(images.Height, images.Width, parsed.GetValue(_overlap)) });
    }
}
