using System.CommandLine;
using Maep.Evaluation;
using Maep.Evaluation.Protocols;
using Maep.Export;
using static TorchSharp.torch;

namespace Maep.Cli.Commands;

/// <summary><c>maep attack</c>: attacks a set once and keeps the adversarial images.</summary>
internal static class AttackCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var (set, classifier, form, attack) = (new TestSetOptions(), CommonOptions.Classifier(), new ClassifierFormOptions(), new AttackOptions());
        var purifier = new PurifierOptions("With it the attack is adaptive: it goes through purifier and classifier.");
        var seed = new Option<long>("--seed") { Description = "Seed of the attack." };
        var threads = CommonOptions.Threads();
        var output = new Option<string>("--output") { Description = "Folder to write; must not exist.", Required = true };

        var command = new Command("attack", "Attack a set and keep the images: float tensors, 8-bit PNGs and a manifest.") { classifier, seed, threads, output };
        set.AddTo(command);
        form.AddTo(command);
        purifier.AddTo(command);
        attack.AddTo(command);
        command.SetAction(parsed =>
        {
            set_num_threads(parsed.GetValue(threads));
            var images = set.Read(parsed);
            var judge = NamedModel.Classifier(parsed.GetRequiredValue(classifier), images, form.Read(parsed));
            var cleaner = purifier.Open(parsed, images, judge);
            var (defence, batchSize) = (new DefenceUnderTest(judge.AsClassifier(), cleaner?.AsPurifier()), AttackBatch.Size(images, cleaner?.File.Purifier));
            var chosen = attack.Create(parsed, images.ClassNames.Count);
            var random = DefenceProbe.IsRandomOn(defence, images.Take(batchSize), cancellation);
            if (random)
                chosen = chosen.ForRandomDefence;
            var facts = new AdversarialManifest
            {
                Command = CommonOptions.CommandLine(parsed),
                Dataset = images.Name,
                Attack = chosen.Description,
                Attacker = ProtocolAttack.Label(cleaner is null ? AttackerKnowledge.NonAdaptive : AttackerKnowledge.Adaptive),
                Seed = parsed.GetValue(seed),
                Classifier = judge.Reference,
                Purifier = cleaner?.Reference,
                GradientStandIn = cleaner?.GradientStandIn,
                ClassNames = images.ClassNames,
                ClassFolders = set.ClassFolders(parsed),
            };
            var seen = defence.SeenBy(AttackerKnowledge.Adaptive, random ? ProtocolRun.GradientDraws : 1);
            var folder = parsed.GetRequiredValue(output);
            var manifest = LongTask.Run("images attacked", images.Count, progress => new AdversarialSet(defence.Whole, chosen, batchSize, seen).Write(folder, images, facts, progress, cancellation));
            Console.WriteLine($"{folder}: {images.Count} images, {manifest.Attacker} {manifest.Attack}; the attacked model gets {manifest.Clean?.Correct} right clean, {manifest.Robust?.Correct} attacked, {manifest.RobustEightBit?.Correct} as 8-bit pictures");
            return ExitCode.Success;
        });
        return command;
    }
}
