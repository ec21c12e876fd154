using System.CommandLine;
using Maep.Evaluation;
using Maep.Evaluation.Comparison;
using Maep.Export;
using Maep.Networks.Purifiers;
using Maep.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep benchmark cifar10|cifar100|losses|...</c>: the purifiers of a table under one attack. What is not trained is trained on demand, or named with the command that trains it.</summary>
internal sealed class TableBenchmark
{
    private readonly PurifierTable _table;
    private readonly AttackOptions _attack = new();
    private readonly Option<string> _data;
    private readonly Option<string?> _root = CommonOptions.DataRoot();
    private readonly Option<int> _samples = CommonOptions.Samples("Test images, from the start of the set.", 1000);
    private readonly Option<string> _classifier = CommonOptions.Classifier();
    private readonly Option<string> _recipes = new("--recipes") { Description = "Folder of the recipes.", DefaultValueFactory = _ => "recipes" };
    private readonly Option<string> _runs = new("--runs") { Description = "Folder of the training runs, and of the attacked images of the bare classifier (attacked/), which other tables use again.", DefaultValueFactory = _ => "runs" };
    private readonly Option<string> _models = new("--models") { Description = "Folder of model files, which stand in for runs that are not here.", DefaultValueFactory = _ => "models" };
    private readonly Option<bool> _train = new("--train") { Description = "Train what is missing first, going on from its checkpoints; without it the missing are named with the command that trains them and, where it has begun, the minutes left." };
    private readonly Option<string?> _weights = new("--weights") { Description = "Folder of the classifiers that the recipes name (default: MAEP_WEIGHTS, then ./weights)." };
    private readonly Option<int> _adaptive = CommonOptions.AdaptiveSamples("Images of the adaptive attack, with the first seed; 0 leaves it out.", 200);
    private readonly Option<int> _seeds = CommonOptions.AtLeastOne("--seeds", "Times that the attack on the bare classifier is run, with seeds 0, 1, 2 and so on; the table gives mean and standard deviation.", 1);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string?> _output;
    private readonly Option<string?> _page = new("--page") { Description = "Markdown file to put the table into, between the lines '<!-- record: NAME -->' and '<!-- end of record -->', NAME being the file name of --output." };

    private TableBenchmark(PurifierTable table)
    {
        _table = table;
        _data = new("--data") { Description = $"Test set: {string.Join(", ", DataSource.Names)}. The paper's figures are for {table.Data}.", DefaultValueFactory = _ => table.Data };
        _data.AcceptOnlyFromAmong([.. DataSource.Names]);
        _output = new("--output") { Description = $"Path without extension of the JSON record and the Markdown table (default: {Path.Combine("runs", "benchmark", table.Name)})." };
    }

    public static Command Create(PurifierTable table, CancellationToken cancellation)
    {
        var benchmark = new TableBenchmark(table);
        var command = new Command(table.Name, table.Description)
        {
            benchmark._data, benchmark._root, benchmark._samples, benchmark._classifier, benchmark._recipes, benchmark._runs, benchmark._models, benchmark._train, benchmark._weights,
            benchmark._adaptive, benchmark._seeds, benchmark._threads, benchmark._output, benchmark._page,
        };
        benchmark._attack.AddTo(command);
        command.SetAction(parsed => benchmark.Run(parsed, cancellation));
        return command;
    }

    // Whatever can be wrong is read before the first hour of training or measuring.
    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        set_num_threads(parsed.GetValue(_threads));
        var page = parsed.GetValue(_page) is { } path ? RecordPage.Open(path, Path.GetFileName(parsed.GetValue(_output) ?? _table.Name)) : null;
        var images = DataSource.Test(parsed.GetRequiredValue(_data), DataSource.Root(parsed.GetValue(_root))).Take(parsed.GetValue(_samples));
        var judge = NamedModel.Classifier(parsed.GetRequiredValue(_classifier), images);
        var attack = _attack.Create(parsed, images.ClassNames.Count);
        var output = new RecordPlace(CommonOptions.CommandLine(parsed), judge.Reference).Choose(parsed.GetValue(_output), "benchmark", _table.Name);
        var options = new EvaluationOptions { AdaptiveImages = parsed.GetValue(_adaptive), StatePath = output + ".state.json" };
        using var comparison = new ComparisonRun(judge.File.Network, judge.Reference, attack, parsed.GetValue(_seeds), images, options, Path.Combine(parsed.GetRequiredValue(_runs), "attacked"));
        foreach (var row in _table.Rows.Where(row => !row.IsRecipe))
            _ = Open(row, judge);

        var found = _table.Rows.Select(row => (Row: row, Run: Find(parsed, row))).ToList();
        foreach (var (_, run) in found.Where(pair => pair.Run is { IsFinished: true }))
            run!.Open().Network.Dispose();
        if (parsed.GetValue(_train))
            found = [.. found.Select(pair => (pair.Row, pair.Run is { IsFinished: false } run ? Train(parsed, pair.Row, run, cancellation) : pair.Run))];
        string[] missing = [.. found.Where(pair => pair.Run is { IsFinished: false }).Select(pair => pair.Run!.State())];
        foreach (var line in missing)
            Console.Error.WriteLine(line);
        found.RemoveAll(pair => pair.Run is { IsFinished: false });
        if (found.Count == 0)
            throw new InvalidOperationException($"None of the {missing.Length} purifiers is trained; train one with its command above, or all with --train.");

        var isPapers = images.Name.StartsWith(_table.Data + "-", StringComparison.Ordinal) && _attack.IsThreatModelOfThePaper(parsed);
        var record = new ComparisonRecord
        {
            Title = _table.Title,
            Command = CommonOptions.CommandLine(parsed),
            Dataset = images.Name,
            Attack = attack.Description,
            Seeds = parsed.GetValue(_seeds),
            Classifier = judge.Reference,
            PaperBare = isPapers ? _table.PaperBare(parsed.GetValue(_attack.Name)!) : null,
            Rows = [.. found.Select(pair => Measure(pair.Row, pair.Run, judge, comparison, images.Count * parsed.GetValue(_seeds), isPapers ? pair.Row.Paper(parsed.GetValue(_attack.Name)!) : null, cancellation))],
            Missing = missing,
        };
        record.Save(output);
        page?.Put(record.ToMarkdown());
        comparison.Finish();
        Print(record);
        Console.WriteLine($"record in {output}.json and .md");
        return ExitCode.Success;
    }

    // Null for a purifier that needs no training here.
    private TrainedRecipe? Find(ParseResult parsed, PurifierRow row) => !row.IsRecipe ? null
        : TrainedRecipe.Find(Path.Combine(parsed.GetRequiredValue(_recipes), row.Source), parsed.GetRequiredValue(_runs), parsed.GetRequiredValue(_models));

    private TrainedRecipe? Train(ParseResult parsed, PurifierRow row, TrainedRecipe run, CancellationToken cancellation)
    {
        Console.Error.WriteLine(run.State());
        TrainCommand.Purifier(new FileInfo(run.File), new DirectoryInfo(run.Folder), DataSource.Root(parsed.GetValue(_root)), parsed.GetValue(_threads), DataSource.Weights(parsed.GetValue(_weights)), [], 1, cancellation);
        return Find(parsed, row);
    }

    private static ComparisonRow Measure(PurifierRow row, TrainedRecipe? run, NamedModel classifier, ComparisonRun comparison, int images, PaperAccuracy? paper, CancellationToken cancellation)
    {
        var (purifier, reference) = run?.Open() ?? Open(row, classifier);
        // Not disposed: an anti-adversary would take the classifier with it.
        return new ComparisonRow(row.Title, reference, LongTask.Run(row.Title, images, progress => comparison.Measure(purifier, reference, progress, cancellation)))
        {
            TrainedOn = row.TrainedOn,
            RecipeHash = run is null ? null : Recipes.Hash(run.Recipe),
            Steps = run?.Steps,
            BatchSize = run?.Recipe.BatchSize,
            GradientStandIn = purifier.GradientStandIn,
            Paper = paper,
        };
    }

    private static (Purifier Purifier, ModelReference Reference) Open(PurifierRow row, NamedModel classifier)
    {
        var source = row.Source.EndsWith(".onnx", StringComparison.Ordinal) ? ShippedModels.Path(row.Source) : row.Source;
        var file = ModelFile.OpenPurifier(source, classifier.File.Network);
        return (file.Purifier!, ModelReference.Of(source, file));
    }

    private static void Print(ComparisonRecord record)
    {
        ConsoleTable.Write($"{record.Title} ahead of {record.Classifier.File}", ComparisonRecord.Headers, record.Cells(), Justify.Right);
        Console.WriteLine($"{record.Dataset}; {record.Attack}");
        foreach (var line in record.Notes())
            Console.WriteLine(line);
        Console.WriteLine(ComparisonRecord.Explanation);
    }
}
