using Maep.Evaluation;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Maep.Training.Data;
using Spectre.Console;

namespace Maep.Cli.Commands;

/// <summary><c>maep evaluate --protocol</c>: a named set of attacks, resumed where it was cut, as table, JSON, Markdown and HTML.</summary>
/// <param name="name">Name of the protocol.</param>
/// <param name="epsilon">Budget in pixel units on [0, 1].</param>
/// <param name="classifier">Classifier.</param>
/// <param name="purifier">Null measures the bare classifier.</param>
/// <param name="transfer">Classifier of transfer attacks; null for none.</param>
/// <param name="seed">Seed of the attacks.</param>
internal sealed class ProtocolEvaluation(string name, double epsilon, NamedModel classifier, NamedModel? purifier, NamedModel? transfer, long seed)
{
    public int Evaluate(LabelledImages images, string basePath, string command, CancellationToken cancellation)
    {
        var defence = new DefenceUnderTest(classifier.AsClassifier(), purifier?.AsPurifier(), transfer?.AsClassifier());
        var batchSize = AttackBatch.Size(images, purifier?.File.Purifier);
        var probe = DefenceProbe.Of(defence, images.Take(batchSize), cancellation);
        var protocol = Protocol.Named(name, epsilon, purifier is not null, transfer is not null, probe.IsRandom, images.ClassNames.Count);
        var options = new ProtocolOptions
        {
            Seed = seed,
            BatchSize = batchSize,
            StatePath = basePath + ".state.json",
            Subject = $"classifier {NamedModel.Digest(classifier)}, purifier {NamedModel.Digest(purifier)}, transfer {NamedModel.Digest(transfer)}",
        };

        var run = new ProtocolRun(defence, probe, protocol, options);
        var report = new ProtocolReport
        {
            Command = command,
            Dataset = images.Name,
            Seed = seed,
            Classifier = classifier.Reference,
            Purifier = purifier?.Reference,
            Transfer = transfer?.Reference,
            Protocol = protocol,
            Result = Run(run, images, protocol.Attacks.Count + protocol.Curve.Count + 1, cancellation),
            Flags = [],
        };
        report = report with { Flags = ProtocolFlag.Of(protocol, report.Result, images.ClassNames.Count) };
        report.Save(basePath);
        ProtocolPage.Write(basePath + ".html", report, defence, images, cancellation);
        run.Finish();
        Print(report);
        Console.WriteLine($"record in {basePath}.json, .md and .html");
        return ExitCode.Success;
    }

    // One item of work is one image under one attack.
    private static ProtocolResult Run(ProtocolRun run, LabelledImages images, int attacks, CancellationToken cancellation)
    {
        var (current, finished) = ("", -1);
        return LongTask.Run("images attacked", images.Count * attacks, progress => run.Run(images, (attack, done, of) =>
        {
            if (attack != current)
            {
                (current, finished) = (attack, finished + 1);
                Console.Error.WriteLine($"{attack}: {of} images");
            }
            progress((finished * images.Count) + done);
        }, cancellation));
    }

    private static void Print(ProtocolReport report)
    {
        ConsoleTable.Write(report.Title, report.Headers, report.Rows(), Justify.Right);
        ConsoleTable.Write("Flags", ["Flag", "Raised", "Figures"], report.FlagRows(), Justify.Left);
        Console.WriteLine(report.Headline);
        if (report.StandInNote is { } note)
            Console.WriteLine(note);
        Console.WriteLine(ProtocolReport.Explanation);
    }
}
