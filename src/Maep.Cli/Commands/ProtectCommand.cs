using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Maep.Export;
using Maep.Protection;
using Maep.Training.Data;
using Maep.Transforms;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep protect CLASSIFIER --data FOLDER</c>: a purifier for a user's own classifier, measured.</summary>
internal static class ProtectCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var classifier = new Argument<string>("classifier") { Description = "Classifier to protect: any image classifier as .onnx, or PyTorch weights as .pt, .pth, .th or .safetensors (--architecture)." };
        var data = new Option<string>("--data") { Description = $"Images that it knows the classes of: a folder with one folder of images for each class, or {string.Join(", ", DataSource.Names)}.", Required = true };
        var root = CommonOptions.DataRoot();
        var epsilon = new Option<double>("--epsilon") { Description = "Linf budget of the attacker, pixel units on [0, 1].", DefaultValueFactory = _ => 8.0 / 255, CustomParser = Fraction.Parse };
        epsilon.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (Fraction.PixelFault(token.Value) ?? (Fraction.Read(token.Value) == 0 ? $"--epsilon {token.Value} must be above 0." : null)) is { } fault)
                result.AddError(fault);
        });
        var minutes = new Option<double>("--minutes") { Description = "Minutes for all of it.", DefaultValueFactory = _ => 60 };
        minutes.Validators.Add(result => { if (result.GetValueOrDefault<double>() is not > 0) result.AddError($"--minutes {result.Tokens[0].Value} must be above 0."); });
        var output = new Option<string?>("--output") { Description = "Folder of the results (default: runs/protect/<classifier>). A cancelled run goes on there." };
        var size = new Option<int?>("--size") { Description = "Rows and columns of an image, where the classifier takes any and --data is a folder." };
        size.Validators.Add(result => { if (result.GetValueOrDefault<int?>() is < 8) result.AddError($"--size {result.Tokens[0].Value} must be at least 8."); });
        var classes = new Option<string?>("--classes") { Description = "Class index of a folder: JSON such as Keras' imagenet_class_index.json. Without it the class folders are numbered in order of their names, whole numbers by value." };
        var transfer = new Option<string?>("--transfer") { Description = "Another classifier of the same classes, attacked in place of this one." };
        var start = new Option<string?>("--start") { Description = "Purifier to begin with: .onnx of maep export (default: the shipped one for the size)." };
        var seed = new Option<int>("--seed") { Description = "Seed of every random choice.", DefaultValueFactory = _ => 1 };
        var (threads, form) = (CommonOptions.Threads(), new ClassifierFormOptions());
        var command = new Command("protect", "Train a purifier for your own classifier, and measure what it is worth.") { classifier, data, root, epsilon, minutes, output, size, classes, transfer, start, seed, threads };
        form.AddTo(command);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            random.manual_seed(parsed.GetValue(seed));
            var path = parsed.GetRequiredValue(classifier);
            var options = new ProtectionOptions { Epsilon = parsed.GetValue(epsilon), Minutes = parsed.GetValue(minutes), Seed = parsed.GetValue(seed) };
            var folder = parsed.GetValue(output) ?? Path.Combine("runs", "protect", ModelFile.Stem(path));
            var stated = form.Read(parsed);
            var file = ModelFile.Open(path, stated);
            if (file.Notes is { } notes)
                Console.WriteLine($"{Path.GetFileName(path)}: {notes}");
            var images = Images(parsed, file, path, parsed.GetRequiredValue(data), DataSource.Root(parsed.GetValue(root)), parsed.GetValue(size), parsed.GetValue(classes), options.Seed);
            Console.WriteLine($"{images.Test.Name}, {images.Test.Height}x{images.Test.Width}: {images}");
            var known = ProtectedClassifier.Look(path, file, stated, images);
            foreach (var note in known.Notes)
                Console.WriteLine(note);
            var protection = new ClassifierProtection(known, images, parsed.GetValue(start) ?? ShippedModels.Path(Math.Max(images.Test.Height, images.Test.Width) <= ClassifierProtection.LargestWhole ? "maep-cifar10.onnx" : "maep-photos.onnx"), folder, options);
            var other = parsed.GetValue(transfer) is { } source ? (source, NamedModel.Classifier(source, images.Test).File) : ((string, ModelFile)?)null;
            var report = Shown(options.Minutes, progress => protection.Protect(CommonOptions.CommandLine(parsed), other, progress, cancellation));
            protection.Finish();
            Print(report, folder);
            return ExitCode.Success;
        });
        return command;
    }

    private static ImageSplit Images(ParseResult parsed, ModelFile file, string path, string data, string root, int? size, string? classes, int seed)
    {
        if (DataSource.Names.Contains(data) && !Directory.Exists(data))
        {
            return size is null && classes is null ? ImageSplit.Of(DataSource.Train(data, root), DataSource.Test(data, root), seed)
                : throw new ArgumentException($"--size and --classes are for a folder of images, and '{data}' is none; leave them out.");
        }
        var tree = DataSource.Listed(data, numbered: classes is null);
        var (height, width) = (file.Imported?.Height ?? size, file.Imported?.Width ?? size);
        if (size is { } asked && (height, width) != (asked, asked))
            throw new ArgumentException($"{path}: takes images of {height}x{width}; leave --size {asked} out.");
        if (height is null || width is null)
            throw new ArgumentException($"{path}: does not say which size of images it takes; name it with --size, for example --size 224.");
        var images = ImageFolder.Read(tree, (int)height, (int)width, resize: true);
        DataSource.PrintMap(CommonOptions.IsVerbose(parsed), images.ClassNames);
        if (classes is not null)
        {
            var index = ImageNetClassIndex.Read(classes);
            images = images.Select([.. Enumerable.Range(0, images.Count)], name => index.Require(name, data), index.Names);
        }
        return ImageSplit.Of(images, seed);
    }

    private static ProtectionReport Shown(double limit, Func<Action<ProtectionProgress>, ProtectionReport> work)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Out.IsTerminal)
        {
            return AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).Start(context =>
            {
                var tasks = new Dictionary<string, ProgressTask>();
                return work(point =>
                {
                    if (!tasks.TryGetValue(point.Phase, out var task))
                        tasks[point.Phase] = task = context.AddTask(point.Phase);
                    (task.Value, task.Description) = (100 * point.Share, Markup.Escape($"{point.Phase}: {Left(point)}, {point.Detail}"));
                });
            });
        }
        var (phase, since) = ("", Stopwatch.StartNew());
        return work(point =>
        {
            if (point.Phase == phase && since.Elapsed < TimeSpan.FromMinutes(Math.Min(1, limit / 20)))
                return;
            phase = point.Phase;
            since.Restart();
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{point.Phase}, {100 * point.Share:F0} %: {Left(point)}; {point.Detail}"));
        });
    }

    private static string Left(ProtectionProgress point) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, point.Limit - point.Minutes):F1} of {point.Limit} minutes left");

    private static void Print(ProtectionReport report, string folder)
    {
        ConsoleTable.Write(report.Measurement.Title, report.Measurement.Headers, report.Measurement.Rows(), Justify.Right);
        foreach (var sentence in report.Sentences())
            Console.WriteLine(sentence);
        Console.WriteLine(Evaluation.Protocols.ProtocolReport.Explanation);
        Console.WriteLine();
        Console.WriteLine(report.Lines());
        Console.WriteLine($"{Path.Combine(folder, "purifier.onnx")}; card, record and page in {Path.Combine(folder, "protection")}.md, .json and .html");
    }
}
