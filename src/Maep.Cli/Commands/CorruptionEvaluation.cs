using Maep.Corruptions.Folders;
using Maep.Evaluation;
using Maep.Evaluation.CommonCorruptions;
using Maep.Export;
using Maep.Networks.Purifiers;
using Maep.Transforms;
using Spectre.Console;

namespace Maep.Cli.Commands;

/// <summary>How images were changed.</summary>
internal enum ChangedImages
{
    ImageNetC,
    CifarC,
    Colored,
}

/// <summary><c>maep evaluate --imagenet-c</c>, <c>--cifar-c</c> and <c>--colored</c>: changed images, bare and purified, resumed where it was cut, as tables, JSON, Markdown, HTML and PNG.</summary>
internal sealed record CorruptionEvaluation
{
    public required string Root { get; init; }

    public required ChangedImages Kind { get; init; }

    public required string Pipeline { get; init; }

    public required string? Purifier { get; init; }

    public required string? Clean { get; init; }

    public required string? Classes { get; init; }

    public required int? Size { get; init; }

    public required string[]? Corruptions { get; init; }

    public required int[]? Severities { get; init; }

    public required CorruptionOptions Options { get; init; }

    public required ClassifierOptions ClassifierOptions { get; init; }

    public required bool IsVerbose { get; init; }

    public int Evaluate(string? output, string command, CancellationToken cancellation)
    {
        var set = OpenSet(cancellation);
        var clean = Clean is null ? null : FolderImages.Clean(Clean, Classes, cancellation);
        using var classifier = OpenClassifier(Pipeline, Of(set));
        if (Size is { } asked && (classifier.Height, classifier.Width) != (asked, asked))
            throw new ArgumentException($"--size {asked}: {Pipeline} takes images of {classifier.Width}x{classifier.Height} (width x height) only; leave --size out.");
        var (model, (purifier, cleaner)) = (ModelReference.OfFile(Pipeline), OpenPurifier(classifier));
        using var disposedPurifier = purifier;
        var basePath = new RecordPlace(command, model, cleaner).Choose(output, "evaluation", $"{(Purifier is null ? "bare" : ModelFile.Stem(Purifier))}-{Path.GetFileNameWithoutExtension(Pipeline)}-{set.Name}");
        var options = Options with
        {
            StatePath = basePath + ".state.json",
            Subject = $"classifier {model.Digest} ({classifier.Description}), purifier {cleaner?.Digest ?? "none"}",
        };

        foreach (var note in (set as FolderImages)?.Numbering ?? [])
            Console.WriteLine($"{Root}: {note}");
        DataSource.PrintMap(IsVerbose, set.ClassFolders);
        Console.Error.WriteLine("listing the images");
        var evaluator = new CorruptionEvaluator(classifier, purifier, options);
        var total = evaluator.Images(set, clean);
        if (set is FolderImages { OtherFiles: > 0 and var others })
            Console.WriteLine($"{Root}: passed over files in class folders that are no .png, .jpg or .jpeg ({others})");
        var result = LongTask.Run("images classified", progress => evaluator.Evaluate(set, clean, done => progress(done, total), cancellation));
        var run = new ChangedImagesRun
        {
            Command = command,
            Dataset = set.Name,
            Classifier = model,
            ClassifierDescription = classifier.Description,
            Purifier = cleaner,
            PurifierDescription = purifier?.Description,
            ImageSize = $"{classifier.Width}x{classifier.Height}",
            Classes = set.ClassNames.Count,
            Options = options,
            Result = result,
            PassedOver = (set as FolderImages)?.PassedOver ?? [],
        };
        ChangedImagesReport report = Kind == ChangedImages.Colored ? new ColoringReport(run) { Photographs = evaluator.Photographs(set) } : new CorruptionReport(run) { MadeWith = FolderManifest.Corruptions(Root) };
        report.Save(basePath);
        var hasPng = report.WritePage(basePath, new CorruptionExamples(classifier, purifier, options), set, clean);
        evaluator.Finish();
        Print(report);
        foreach (var note in report.Notes())
            Console.WriteLine(note);
        Console.WriteLine($"record in {basePath}.json, .md, .html{(hasPng ? " and .png" : "; no .png, as this system has no font")}");
        return ExitCode.Success;
    }

    private ClassifierOptions Of(ICorruptedImages set)
    {
        // Images that are used as they are have the size of the first; photographs of all sizes that are cut or stretched are brought to ImageNet's.
        var (height, width, origin) = Size is { } asked ? (asked, asked, "as --size asks")
            : set is FolderImages && Options.Fit != ImageFit.AsIs ? (ImageNetC.ImageSize, ImageNetC.ImageSize, "as ImageNet's")
            : (set.ImageSize.Height, set.ImageSize.Width, "as the first image has it");
        return ClassifierOptions with
        {
            Height = height,
            Width = width,
            SizeOrigin = origin,
            ClassNames = set.ClassNames,
            ClassesAreAll = set.ClassesAreAll,
            ClassFolders = set.ClassFolders,
        };
    }

    private ICorruptedImages OpenSet(CancellationToken cancellation)
    {
        if (Kind == ChangedImages.Colored)
            return FolderImages.Colored(Root, Classes, cancellation);
        if (Kind == ChangedImages.ImageNetC)
            return FolderImages.Corrupted(new ImageNetCOptions { Root = Root, ClassIndexPath = Classes, Corruptions = Corruptions, Severities = Severities }, cancellation);
        return Clean is null && Classes is null ? new CifarCImages(Root, Corruptions, Severities)
            : throw new ArgumentException($"{Root} holds .npy files as CIFAR-10-C does; --clean and --classes apply to folders of images only. Leave them out.");
    }

    // One by name is a network for any size; a file goes through the transform, in tiles where it must.
    private (IImagePurifier? Purifier, ModelReference? Reference) OpenPurifier(IImageClassifier classifier) => Purifier switch
    {
        null => (null, null),
        _ when NamedPurifiers.Create(Purifier) is { } named => (new NetworkPurifier(named, classifier.Height, classifier.Width), ModelReference.Of(Purifier, ModelFile.OpenPurifier(Purifier))),
        _ => (new TransformPurifier(Purifier, classifier.Height, classifier.Width, Options.Threads), ModelReference.OfFile(Purifier)),
    };

    /// <summary>A classifier that is only asked.</summary>
    /// <exception cref="ArgumentException">Neither .zip nor .onnx, or assemblies for an .onnx.</exception>
    public static IImageClassifier OpenClassifier(string path, ClassifierOptions options) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".ZIP" => new PipelineImageClassifier(path, options),
        ".ONNX" when options.Assemblies.Count > 0 => throw new ArgumentException($"--assembly {options.Assemblies[0]} is for a pipeline (.zip), and {path} is an ONNX file; leave it out."),
        ".ONNX" => new OnnxImageClassifier(path, options),
        _ => throw new ArgumentException($"--pipeline {path}: neither .zip, a saved ML.NET pipeline, nor .onnx, a classifier."),
    };

    private static void Print(ChangedImagesReport report)
    {
        if (report is ColoringReport coloring)
            ConsoleTable.Write(report.Title, coloring.Headers, coloring.Rows(), Justify.Right);
        if (report is not CorruptionReport corruptions)
            return;
        ConsoleTable.Write(report.Title, CorruptionReport.AccuracyHeaders, corruptions.AccuracyRows(), Justify.Right);
        if (corruptions.ErrorRows() is { Count: > 0 } errors)
            ConsoleTable.Write("Corruption errors", corruptions.ErrorHeaders, errors, Justify.Right);
        ConsoleTable.Write("Over all corruptions", corruptions.SummaryHeaders, corruptions.SummaryRows(), Justify.Right);
    }
}
