using System.CommandLine;
using System.CommandLine.Parsing;
using Maep.Attacks;
using Maep.Cli.Commands;
using Maep.Evaluation.CommonCorruptions;
using Maep.Training.Data;

namespace Maep.Cli;

/// <summary>The options of <c>maep evaluate</c> that measure corrupted images instead of attacked ones, or attack a classifier that only answers.</summary>
internal sealed class CorruptionEvaluationOptions
{
    private static readonly Dictionary<string, ImageFit> Fits = new()
    {
        ["as-is"] = ImageFit.AsIs,
        ["crop"] = ImageFit.Crop,
        ["resize"] = ImageFit.Resize,
        ["resize-crop"] = ImageFit.ResizeCrop,
    };

    private readonly Option<string?> _imageNetC = new("--imagenet-c") { Description = "Measure corrupted images instead of attacks: folder laid out as ImageNet-C, <corruption>/<severity>/<WordNet id>/<image>, or as CIFAR-10-C." };
    private readonly Option<string?> _cifarC = new("--cifar-c") { Description = "The same for CIFAR-10-C or CIFAR-100-C: folder with <corruption>.npy and labels.npy." };
    private readonly Option<string?> _colored = new("--colored") { Description = "Measure images in other colours instead of attacks: folder of maep colorize, <palette>/<WordNet id>/<image>." };
    private readonly Option<string?> _pipeline = new("--pipeline") { Description = "Classifier of corrupted or coloured images, or one to attack with square or rays: a saved ML.NET pipeline (.zip), or any ONNX classifier (.onnx)." };
    private readonly Option<string?> _clean = new("--clean") { Description = "Folder of the images without corruption, <WordNet id>/<image>: for relative CE and mCE, and the drop in other colours." };
    private readonly Option<string?> _classes;
    private readonly Option<int> _size;
    private readonly Option<string[]?> _corruptions = new("--corruptions") { Description = "Only these corruptions, for example fog,contrast.", CustomParser = Words };
    private readonly Option<int[]?> _severities = new("--severities") { Description = "Only these severities, for example 1,3,5.", CustomParser = Severities };
    private readonly Option<int?> _imagesPerCell = new("--images-per-cell") { Description = "At most so many images of each corruption and severity, spread evenly over the classes (default: all)." };
    private readonly Option<string> _fit = new("--image-fit") { Description = "Corrupted images: as-is, crop, resize or resize-crop.", DefaultValueFactory = _ => "as-is" };
    private readonly Option<string> _cleanFit = new("--clean-fit") { Description = "Clean images: as-is, crop, resize or resize-crop (ImageNet's validation images: resize-crop).", DefaultValueFactory = _ => "as-is" };
    private readonly ClassifierFormOptions _form;
    private readonly Option<string?> _inputColumn = new("--input-column") { Description = "Column of a pipeline that takes the image, its path or its pixels." };
    private readonly Option<string?> _scoreColumn = new("--score-column") { Description = "Column of a pipeline, or output of an ONNX file, with the scores." };
    private readonly Option<string[]> _assemblies = new("--assembly") { Description = "Assembly (.dll) with components of a pipeline that this tool lacks, such as custom mappings or other trainers; once for each." };

    /// <param name="classes">Class index of folders, which other evaluations have too.</param>
    /// <param name="size">Size of images, likewise.</param>
    /// <param name="form">What the file of a classifier does not tell, likewise.</param>
    public CorruptionEvaluationOptions(Option<string?> classes, Option<int> size, ClassifierFormOptions form)
    {
        (_classes, _size, _form) = (classes, size, form);
        _fit.AcceptOnlyFromAmong([.. Fits.Keys]);
        _cleanFit.AcceptOnlyFromAmong([.. Fits.Keys]);
        _imagesPerCell.Validators.Add(result => { if (result.GetValueOrDefault<int?>() < 1) result.AddError($"--images-per-cell {result.Tokens[0].Value} must be at least 1."); });
    }

    private Option[] All => [_imageNetC, _cifarC, _colored, _pipeline, _clean, _corruptions, _severities, _imagesPerCell, _fit, _cleanFit, _inputColumn, _scoreColumn, _assemblies];

    /// <summary>The options that ask for corrupted images.</summary>
    public IReadOnlyList<Option> Roots => [_imageNetC, _cifarC, _colored];

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="classifier">What every other evaluation needs.</param>
    /// <param name="attack">Name of the attack.</param>
    /// <param name="differentiating">Options of attacks that need gradients.</param>
    /// <param name="shared">Options that mean the same in both.</param>
    public void AddTo(Command command, Option classifier, Option<string> attack, Option[] differentiating, params Option[] shared)
    {
        foreach (var option in All)
            command.Add(option);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            var root = Roots.FirstOrDefault(Given);
            if (root is not null)
                ValidateCorruption(result, command, root, [.. shared, .. All, _classes, _size, _form.Mean, _form.StandardDeviation]);
            else if (Given(_pipeline) && !(result.GetResult(attack) is { Tokens: [.., { Value: var name }] } && NamedAttacks.NeedsNoGradient(name)))
                result.AddError("--pipeline gives answers and no gradients: attack it with --attack square or rays, or give corrupted images with --imagenet-c or --cifar-c, or coloured ones with --colored.");
            else if (Given(_pipeline) && differentiating.FirstOrDefault(Given) is { } other)
                result.AddError($"{other.Name} does not apply to --pipeline, which is attacked as a whole; leave it out.");
            else if (!Given(_pipeline) && !Given(classifier))
                result.AddError($"{classifier.Name} is required: the classifier to attack.");
            else if (All.Except(Given(_pipeline) ? OfPipeline : []).FirstOrDefault(Given) is { } alone)
                result.AddError($"{alone.Name} needs {string.Join(" or ", Roots.Select(option => option.Name))}.");
        });
    }

    private Option[] OfPipeline => [_pipeline, _inputColumn, _scoreColumn, _assemblies];

    /// <summary>The pipeline or ONNX classifier to ask; null where another option names what is attacked.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="set">The options that chose the images.</param>
    /// <param name="images">The images it will be asked for.</param>
    /// <param name="threads">CPU threads.</param>
    public (string Path, IImageClassifier Classifier)? OpenPipeline(ParseResult parsed, TestSetOptions set, LabelledImages images, int threads) => parsed.GetValue(_pipeline) is not { } path ? null
        : (path, CorruptionEvaluation.OpenClassifier(path, ClassifierOptionsOf(parsed, threads) with
        {
            Height = images.Height,
            Width = images.Width,
            SizeOrigin = $"of {images.Name}",
            ClassNames = images.ClassNames,
            ClassFolders = set.ClassFolders(parsed) ?? images.ClassNames,
            ClassesAreAll = true,
        }));

    /// <summary>The evaluation asked for; null where attacks are.</summary>
    public CorruptionEvaluation? Create(ParseResult parsed, string? purifier, int threads)
    {
        if ((parsed.GetValue(_imageNetC) ?? parsed.GetValue(_cifarC) ?? parsed.GetValue(_colored)) is not { } root)
            return null;
        return new CorruptionEvaluation
        {
            Root = root,
            Kind = parsed.GetValue(_colored) is not null ? ChangedImages.Colored : parsed.GetValue(_imageNetC) is null || CifarCImages.IsAt(root) ? ChangedImages.CifarC : ChangedImages.ImageNetC,
            Pipeline = parsed.GetRequiredValue(_pipeline)!,
            Purifier = purifier,
            Clean = parsed.GetValue(_clean),
            Classes = parsed.GetValue(_classes),
            Size = parsed.GetResult(_size) is { Implicit: false } ? parsed.GetValue(_size) : null,
            Corruptions = Given(parsed.GetValue(_corruptions)),
            Severities = Given(parsed.GetValue(_severities)),
            Options = new CorruptionOptions
            {
                Fit = Fits[parsed.GetValue(_fit)!],
                CleanFit = Fits[parsed.GetValue(_cleanFit)!],
                ImagesPerCell = parsed.GetValue(_imagesPerCell),
                Threads = threads,
            },
            ClassifierOptions = ClassifierOptionsOf(parsed, threads),
            IsVerbose = CommonOptions.IsVerbose(parsed),
        };
    }

    private ClassifierOptions ClassifierOptionsOf(ParseResult parsed, int threads) => new()
    {
        Mean = _form.Read(parsed).Normalization?.Mean ?? [0, 0, 0],
        StandardDeviation = _form.Read(parsed).Normalization?.Deviation ?? [1, 1, 1],
        InputColumn = parsed.GetValue(_inputColumn),
        ScoreColumn = parsed.GetValue(_scoreColumn),
        Assemblies = parsed.GetValue(_assemblies) ?? [],
        Threads = threads,
    };

    private void ValidateCorruption(CommandResult result, Command command, Option root, Option[] applicable)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (Roots.Where(Given).ToArray() is [var first, var second, ..])
            result.AddError($"{first.Name} and {second.Name} are both given; choose one.");
        else if (!Given(_pipeline))
            result.AddError($"{root.Name} needs --pipeline: a saved ML.NET pipeline (.zip) or an ONNX classifier (.onnx).");
        else if (root == _cifarC && new Option[] { _clean, _classes, _cleanFit }.FirstOrDefault(Given) is { } folders)
            result.AddError($"{folders.Name} does not apply to --cifar-c, whose images and classes are in its .npy files.");
        else if (root == _colored && new Option[] { _corruptions, _severities }.FirstOrDefault(Given) is { } corrupted)
            result.AddError($"{corrupted.Name} does not apply to --colored, whose images have palettes.");
        else if (command.Options.Except(applicable).FirstOrDefault(Given) is { } other)
            result.AddError($"{other.Name} does not apply to {root.Name}: these images are not attacked.");
    }

    // An array option that is not given has an empty array for its value.
    private static T[]? Given<T>(T[]? values) => values is { Length: > 0 } ? values : null;

    private static string[]? Words(ArgumentResult result) => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static int[]? Severities(ArgumentResult result)
    {
        int?[] numbers = [.. Words(result)!.Select(word => Fraction.Read(word) is { } value and >= 1 and <= ImageNetC.Severities ? (int?)value : null)];
        if (numbers.Length > 0 && !numbers.Contains(null))
            return [.. numbers.Select(number => number!.Value)];
        result.AddError($"--severities {string.Join(' ', result.Tokens.Select(token => token.Value))}: whole numbers 1 to 5 are allowed, separated by commas.");
        return null;
    }
}
