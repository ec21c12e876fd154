using System.CommandLine;
using System.Globalization;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Evaluation.CommonCorruptions;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Maep.Training.Data;
using Spectre.Console;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep evaluate</c>: accuracy with and without a purifier, clean and attacked, non-adaptive and adaptive, or on corrupted images.</summary>
internal static class EvaluateCommand
{
    private const int QueryBatch = 20; // thousands of queries an image: smaller batches are kept sooner

    public static Command Create(CancellationToken cancellation)
    {
        var set = new TestSetOptions();
        var classifier = CommonOptions.Classifier();
        classifier.Required = false; // corrupted images are classified by --pipeline
        var form = new ClassifierFormOptions();
        var purifier = new PurifierOptions("Without it the bare classifier is measured.");
        var attack = new AttackOptions();
        var adaptive = CommonOptions.AdaptiveSamples("Images of the adaptive attack; 0 leaves it out.", 1000);
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var protocol = new Option<string?>("--protocol") { Description = "A named set of attacks instead of --attack: quick (PGD-10), paper (PGD-100 and AutoAttack) or trust (all attackers, query attacks, flags, curve). Linf." };
        protocol.AcceptOnlyFromAmong([.. Protocol.Names]);
        var transfer = new Option<string?>("--transfer") { Description = "Another classifier, for the transfer attacks of --protocol trust." };
        var threads = CommonOptions.Threads();
        var output = new Option<string?>("--output") { Description = "Path without extension of the JSON record and the Markdown table (default: runs/evaluation/<purifier>-<classifier>-<attack>, and a digest of the models where others of the same names have that place)." };

        var command = new Command("evaluate", "Measure accuracy, clean and attacked or corrupted, with and without a purifier.")
        {
            classifier, adaptive, protocol, transfer, seed, threads, output,
        };
        var corruptions = new CorruptionEvaluationOptions(set.Classes, set.Size, form);
        form.AddTo(command);
        set.AddTo(command, corruptions.Roots);
        purifier.AddTo(command);
        attack.AddTo(command);
        corruptions.AddTo(command, classifier, attack.Name, [classifier, form.Architecture, form.BlueFirst, purifier.Source, protocol, adaptive], purifier.Source, threads, output);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (Given(protocol) && attack.ButEpsilon.Append(adaptive).FirstOrDefault(Given) is { } given)
                result.AddError($"{given.Name} does not apply to --protocol, which says what it attacks with; leave one of them out.");
            if (Given(transfer) && !(result.GetResult(protocol) is { Tokens: [.., { Value: Protocol.Trust or Protocol.Protect }] }))
                result.AddError($"{transfer.Name} is for --protocol {Protocol.Trust} or {Protocol.Protect}, which transfer attacks; leave it out.");
        });
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            if (corruptions.Create(parsed, parsed.GetValue(purifier.Source), parsed.GetValue(threads)) is { } corrupted)
                return corrupted.Evaluate(parsed.GetValue(output), CommonOptions.CommandLine(parsed), cancellation);
            var images = set.Read(parsed);
            if (corruptions.OpenPipeline(parsed, set, images, parsed.GetValue(threads)) is { } pipeline)
                return Ask(pipeline, attack, images, parsed, parsed.GetValue(seed), parsed.GetValue(output), cancellation);
            var stem = purifier.Stem(parsed); // a name that is wrong shows before a model is opened
            var judge = NamedModel.Classifier(parsed.GetRequiredValue(classifier), images, form.Read(parsed));
            var cleaner = purifier.Open(parsed, images, judge);
            var third = parsed.GetValue(transfer) is { } other ? NamedModel.Classifier(other, images) : null;
            var path = new RecordPlace(CommonOptions.CommandLine(parsed), judge.Reference, cleaner?.Reference, third?.Reference).Choose(parsed.GetValue(output), "evaluation",
                $"{stem}-{Path.GetFileNameWithoutExtension(judge.Source)}-{parsed.GetValue(protocol) ?? parsed.GetValue(attack.Name)}");
            if (parsed.GetValue(protocol) is { } name)
            {
                var run = new ProtocolEvaluation(name, parsed.GetValue(attack.Epsilon), judge, cleaner, third, parsed.GetValue(seed));
                return run.Evaluate(images, path, CommonOptions.CommandLine(parsed), cancellation);
            }
            var options = new EvaluationOptions
            {
                Seed = parsed.GetValue(seed),
                AdaptiveImages = parsed.GetValue(adaptive),
                BatchSize = AttackBatch.Size(images, cleaner?.File.Purifier),
                StatePath = path + ".state.json",
                Subject = $"classifier {NamedModel.Digest(judge)}, purifier {NamedModel.Digest(cleaner)}",
            };
            var chosen = attack.Create(parsed, images.ClassNames.Count);
            return Evaluate(new RobustnessEvaluator(new DefenceUnderTest(judge.AsClassifier(), cleaner?.AsPurifier()), chosen, options), images, path, result => new ResultRecord
            {
                Command = CommonOptions.CommandLine(parsed),
                Dataset = images.Name,
                Attack = chosen.Description,
                Seed = options.Seed,
                Classifier = judge.Reference,
                Purifier = cleaner?.Reference,
                GradientStandIn = cleaner?.GradientStandIn,
                Result = result,
            }, cancellation);
        });
        return command;
    }

    // A pipeline is judged as it is: what purifies is inside.
    private static int Ask((string Path, IImageClassifier Classifier) pipeline, AttackOptions attack, LabelledImages images, ParseResult parsed, long seed, string? output, CancellationToken cancellation)
    {
        using var classifier = pipeline.Classifier;
        if ((classifier.Height, classifier.Width) != (images.Height, images.Width))
            throw new ArgumentException($"{pipeline.Path} takes images of {classifier.Height}x{classifier.Width}, and {images.Name} has {images.Height}x{images.Width}; give images of that size, or --size for a folder.");
        var (model, chosen) = (ModelReference.OfFile(pipeline.Path), attack.Create(parsed, images.ClassNames.Count));
        var basePath = new RecordPlace(CommonOptions.CommandLine(parsed), model).Choose(output, "evaluation", $"{Path.GetFileNameWithoutExtension(pipeline.Path)}-{parsed.GetValue(attack.Name)}");
        var probe = ScoreProbe.Of(classifier, Enumerable.Range(0, images.Count).Select(index => new ClassifierInput(Array.ConvertAll(images.Image(index).ToArray(), value => value / 255f), $"{index} of {images.Name}")));
        var options = new EvaluationOptions { Seed = seed, BatchSize = QueryBatch, StatePath = basePath + ".state.json", Subject = $"pipeline {model.Digest} ({classifier.Description}, {probe.Kind})" };
        using var network = classifier.AsBlackBox(probe.Kind);
        return Evaluate(new RobustnessEvaluator(new DefenceUnderTest(CheckedModel.Classifier(network, pipeline.Path), null), chosen, options), images, basePath, result => new ResultRecord
        {
            Command = CommonOptions.CommandLine(parsed),
            Dataset = images.Name,
            Attack = chosen.Description,
            Seed = seed,
            Classifier = model,
            AskedAs = classifier.Description,
            Notes = Notes(probe, result.BareClean, images.ClassNames.Count),
            Result = result,
        }, cancellation);
    }

    private static string[]? Notes(ScoreProbe probe, AccuracyCount clean, int classes)
    {
        string[] notes =
        [
            .. probe.Warning is { } warning ? [warning] : Array.Empty<string>(),
            .. classes > 1 && clean.Share <= 1.0 / classes
                ? [string.Create(CultureInfo.InvariantCulture, $"The clean accuracy, {100 * clean.Share:F1} %, is no more than chance ({100.0 / classes:F1} %): the classes of the classifier may be others than those of these images or in another order, or it wants other mean and standard deviation. What an attack leaves then means nothing.")]
                : Array.Empty<string>(),
        ];
        return notes.Length > 0 ? notes : null;
    }

    private static int Evaluate(RobustnessEvaluator evaluator, LabelledImages images, string output, Func<RobustnessResult, ResultRecord> report, CancellationToken cancellation)
    {
        var record = report(LongTask.Run("images attacked", images.Count, progress => evaluator.Evaluate(images, progress, cancellation)));
        record.Save(output);
        evaluator.Finish();
        Print(record);
        Console.WriteLine($"record in {output}.json and {output}.md");
        return ExitCode.Success;
    }

    private static void Print(ResultRecord record)
    {
        ConsoleTable.Write(record.Title, ResultRecord.Headers, record.Rows(), Justify.Right);
        Console.WriteLine($"{record.Dataset}; {record.Attack}; seed {record.Seed}");
        if (record.AskedAs is { } asked)
            Console.WriteLine($"asked as a black box: {asked}");
        foreach (var note in record.Notes ?? [])
            Console.WriteLine(note);
        if (record.GradientStandIn is { } standIn)
            Console.WriteLine($"Gradients of the adaptive attack: {standIn}.");
        Console.WriteLine(ResultRecord.Explanation);
    }
}
