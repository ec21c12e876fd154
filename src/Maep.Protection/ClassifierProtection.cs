using System.Globalization;
using Maep.Attacks;
using Maep.Evaluation;
using Maep.Evaluation.Protocols;
using Maep.Export;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Protection;

/// <summary>
/// Makes a purifier for one classifier: adversarial pairs against it, training guided by it, choice, export and measurement, each of which goes on where a killed run stopped.
/// The folder receives purifier.onnx and protection.json, .md and .html; what only a killed run needs lies below work/.
/// </summary>
/// <param name="classifier">What is protected.</param>
/// <param name="images">Its images.</param>
/// <param name="start">Path of the purifier that training begins with (.onnx of a <see cref="MaskedAutoencoder"/>).</param>
/// <param name="folder">Folder of the results; made when missing.</param>
/// <param name="options">Budget, minutes, seed.</param>
/// <param name="time">Clock of the minutes; null for the system's.</param>
public sealed class ClassifierProtection(ProtectedClassifier classifier, ImageSplit images, string start, string folder, ProtectionOptions options, TimeProvider? time = null)
{
    // Shares of the minutes. Measuring takes what its images need, but no more than this.
    private const double MostMeasuring = 0.25, MostMeasuringAtAll = 0.5;
    // Times that training uses a pair: more pairs would be made and not learned from. A step takes half as long again as the gradients of its images, as it has those of the weights, too.
    private const double UsesOfPair = 3, TrainingCost = 1.5;
    // Of what measuring is reckoned to take; the rest of the minutes trains.
    private const double MeasuringSlack = 1.15;
    private const int TrainingPixels = 32 * 32 * 32; // of a step: 32 images of CIFAR's size
    private const double GuidanceScale = 0.9;        // maep-cifar10 was guided by 0.3 by classifiers whose logits lie 3 from their mean

    /// <summary>Rows and columns of the largest images that are purified whole: attention over more patches costs more than tiles.</summary>
    public const int LargestWhole = 48;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long _began = (time ?? TimeProvider.System).GetTimestamp();
    private readonly TimeSpan _processorBefore = Environment.CpuUsage.TotalTime;
    private readonly string _work = Path.Combine(folder, "work");
    private RunState<ProtectionState>? _file;
    private ProtectionState _kept = new();
    private Action<ProtectionProgress> _progress = _ => { };

    /// <summary>Path of the purifier that is written.</summary>
    public string PurifierPath { get; } = Path.Combine(folder, "purifier.onnx");

    private double Seconds => _kept.Seconds + _time.GetElapsedTime(_began).TotalSeconds;

    private double ProcessorSeconds => _kept.ProcessorSeconds + (Environment.CpuUsage.TotalTime - _processorBefore).TotalSeconds;

    private int Together => AttackBatch.Size(images.Test);

    /// <summary>Protects the classifier, or does what an earlier run in the same folder left.</summary>
    /// <param name="command">What records call the run: a command line.</param>
    /// <param name="transfer">Another classifier and its path, for transfer attacks; null for none.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops after the current step; the same call goes on.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the minutes do not suffice.</exception>
    /// <exception cref="InvalidDataException">The images are of a size that no purifier fits, the folder holds the run of another protection, or a network answers what is no number.</exception>
    public ProtectionReport Protect(string command, (string Path, ModelFile File)? transfer, Action<ProtectionProgress> progress, CancellationToken cancellation)
    {
        options.Validate();
        _progress = progress;
        var opened = ModelFile.Open(start);
        if (opened.Network is not MaskedAutoencoder shipped)
            throw new InvalidDataException($"{start}: no masked autoencoder; give a purifier of `maep export` such as maep-cifar10.onnx.");
        _file = new RunState<ProtectionState>(Path.Combine(_work, "state.json"), string.Create(CultureInfo.InvariantCulture,
            $"classifier {classifier.Reference.Digest}, start {opened.Sha256[..12]}, images {images.Training.Digest()} {images.Validation.Digest()} {images.Test.Digest()}, epsilon {options.Epsilon * 255:0.###}/255, {options.Minutes} minutes, seed {options.Seed}"));
        _kept = _file.Found ?? new ProtectionState();

        var network = Fitting(shipped);
        if (_kept.Plan is not { } plan)
            Keep(_kept with { Plan = plan = Plan(network, cancellation) });
        var recipe = Recipe(network.Options, plan);
        if (_kept.Training is null || !File.Exists(PurifierPath))
            Train(network, recipe, plan, shipped, cancellation);
        return Measure(plan, recipe, command, transfer, cancellation);
    }

    /// <summary>Removes what only a killed run needs: the result is reported.</summary>
    public void Finish() => Directory.Delete(_work, recursive: true);

    // The shipped weights fit images of every size, as positions are computed; large ones go through the network in tiles.
    private MaskedAutoencoder Fitting(MaskedAutoencoder shipped)
    {
        var (height, width, patch) = (images.Test.Height, images.Test.Width, shipped.PatchSize);
        var isWhole = height == width && height <= LargestWhole && height % patch == 0;
        if (!isWhole && Math.Min(height, width) < shipped.Options.ImageSize)
            throw new InvalidDataException($"images of {height}x{width} fit no purifier: squares of up to {LargestWhole} with sides that {patch} divides are purified whole, images of at least {shipped.Options.ImageSize}x{shipped.Options.ImageSize} in tiles. Choose another --size if the classifier takes it.");
        var network = new MaskedAutoencoder(isWhole ? shipped.Options with { ImageSize = height } : shipped.Options);
        NamedWeights.Fill(network, NamedWeights.Of(shipped), start);
        network.eval();
        return network;
    }

    private Purifier OverImages(MaskedAutoencoder network) => network.For(images.Test.Height, images.Test.Width, Maep.Transforms.AdversarialPurifierOptions.DefaultTileOverlap);

    private ProtectionPlan Plan(MaskedAutoencoder network, CancellationToken cancellation)
    {
        var cost = Cost(network, cancellation);
        var limit = options.Minutes * 60;
        var test = cost.ImagesIn(MostMeasuring * limit);
        var measuring = MeasuringSlack * cost.Of(test);
        if (measuring > MostMeasuringAtAll * limit)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{options.Minutes} minutes are too few for this classifier on this machine: measuring {test} images alone takes about {measuring / 60:F1}; give --minutes {Math.Ceiling(measuring / MostMeasuringAtAll / 60)} or more."));
        var pairs = (int)Math.Clamp((limit - Seconds - measuring) / ((cost.Bare * new DrawnAttacks().MeanSteps) + (UsesOfPair * TrainingCost * cost.Whole)), Math.Min(Together, images.Training.Count), images.Training.Count);
        return new ProtectionPlan(pairs, measuring, GuidanceScale / LogitScale());
    }

    private MeasuringCost Cost(MaskedAutoencoder network, CancellationToken cancellation)
    {
        const int Steps = 2;
        var attack = new ProjectedGradientDescent(new PgdOptions { Epsilon = options.Epsilon, Steps = Steps });
        return new MeasuringCost(SecondsOfStep(classifier.Network), SecondsOfStep(new PurifiedClassifier(OverImages(network), classifier.Network)), images.Validation.Count, images.Test.Count);

        double SecondsOfStep(nn.Module<Tensor, Tensor> model)
        {
            using var scope = NewDisposeScope();
            using var bytes = images.Training.Take(Together).PixelTensor();
            var (clean, labels) = (LabelledImages.ToUnitRange(bytes), images.Training.Take(Together).LabelTensor());
            var streams = new ImageStreams(options.Seed, 0, clean.shape[0]);
            attack.Perturb(model, clean, labels, streams, cancellation); // the first call of a network is slow
            var before = _time.GetTimestamp();
            attack.Perturb(model, clean, labels, streams, cancellation);
            return _time.GetElapsedTime(before).TotalSeconds / Steps / clean.shape[0];
        }
    }

    // Mean distance of a logit from the mean of its image.
    private double LogitScale()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var bytes = images.Validation.Take(Together).PixelTensor();
        var logits = classifier.Network.call(LabelledImages.ToUnitRange(bytes));
        return Math.Max((logits - logits.mean([1], keepdim: true)).abs().mean().item<float>(), 1e-3);
    }

    private PurifierRecipe Recipe(MaskedAutoencoderOptions network, ProtectionPlan plan)
    {
        var isWhole = images.Test.Height == network.ImageSize && images.Test.Width == network.ImageSize;
        return new PurifierRecipe
        {
            Name = $"purifier-{Path.GetFileNameWithoutExtension(classifier.Path)}",
            Data = images.Training.Name,
            Network = network,
            Pairs = new PairRecipe
            {
                EpsilonOver255 = options.Epsilon * 255,
                Images = plan.PairImages,
                Classifiers = [new PairClassifier { Path = classifier.Reference.File }],
                Drawn = new DrawnAttacks(),
                BatchSize = Math.Max(1, Together / 2), // twice as many draws of attacks
                Seed = options.Seed,
            },
            MaskedSteps = isWhole ? 0.1 : 0,
            WeakerShare = 0.2,
            Guidance = new GuidanceRecipe { Classifiers = [classifier.Reference.File], Weight = plan.GuidanceWeight },
            Start = Path.GetFileName(start),
            BatchSize = (int)Math.Clamp(TrainingPixels / ((long)images.Test.Height * images.Test.Width), 1, 32),
            Training = new TrainerOptions { Steps = 1_000_000, WarmUpSteps = 50, AverageDecay = 0.998, CheckpointEvery = 100, Seed = options.Seed, Minutes = _kept.TrainingMinutes ?? 1 },
        };
    }

    private void Train(MaskedAutoencoder network, PurifierRecipe recipe, ProtectionPlan plan, MaskedAutoencoder shipped, CancellationToken cancellation)
    {
        var training = images.Training.Take(plan.PairImages);
        using var pairs = new PairGenerator(recipe.Pairs, _ => classifier.Network).LoadOrMake(training, Path.Combine(_work, "training.pairs"), done =>
        {
            Tell("adversarial pairs", (double)done / training.Count, $"{done} of {training.Count} images");
            Keep(_kept);
        }, cancellation);
        if (_kept.TrainingMinutes is not { } minutes)
            Keep(_kept with { TrainingMinutes = minutes = Math.Max(((options.Minutes * 60) - Seconds - plan.MeasuringSeconds) / 60, 0.1) });
        recipe = recipe with { Training = recipe.Training with { Minutes = minutes } };
        using var objective = new PurificationObjective(network, pairs, recipe, new ClassifierGuidance([classifier.Network]));
        using var trainer = new Trainer(objective, recipe.Training, Path.Combine(_work, "checkpoint.zip"), _time) { Checkpointed = () => Keep(_kept) };
        trainer.Run(point =>
        {
            if (point.Step % 10 == 0)
                Tell("training", Math.Min(1, point.Minutes / minutes), string.Create(CultureInfo.InvariantCulture, $"step {point.Step}, loss {point.Metrics["loss"]:F4}"));
        }, cancellation);
        NamedWeights.Fill(network, trainer.Weights, "averaged weights");
        network.eval();
        Choose(network, shipped, recipe, (trainer.Step, trainer.Minutes), cancellation);
    }

    // Too little time, or images that the shipped purifier knows well: then it is the better one.
    private void Choose(MaskedAutoencoder trained, MaskedAutoencoder shipped, PurifierRecipe recipe, (long Steps, double Minutes) done, CancellationToken cancellation)
    {
        var before = Fitting(shipped);
        var scores = Scores([before, trained], cancellation);
        var training = new ProtectionTraining(done.Steps, done.Minutes, scores[0], scores[1], Recipes.Hash(recipe));
        var facts = ModelFacts.Of(recipe, recipe.Data, training.Steps);
        OnnxExporter.Export(training.IsBetter ? trained : before, facts, PurifierPath);
        Keep(_kept with { Training = training });
    }

    private PurifierScore[] Scores(IReadOnlyList<MaskedAutoencoder> purifiers, CancellationToken cancellation)
    {
        const string Name = "classifier";
        var best = purifiers.Select(_ => new PurifierScore(0, 1)).ToArray();
        foreach (var attack in new[] { new PgdOptions { Epsilon = options.Epsilon, StepSize = options.Epsilon / 4 }, PgdOptions.MomentumIterative(options.Epsilon, 10) })
        {
            using var curve = new LearningCurve(images.Validation, new Dictionary<string, nn.Module<Tensor, Tensor>> { [Name] = classifier.Network }, new ProjectedGradientDescent(attack), cancellation);
            foreach (var (index, purifier) in purifiers.Index())
            {
                var point = curve.Measure(OverImages(purifier));
                best[index] = new PurifierScore(point[$"clean {Name}"], Math.Min(best[index].Attacked, point[$"robust {Name}"]));
            }
        }
        return best;
    }

    private ProtectionReport Measure(ProtectionPlan plan, PurifierRecipe recipe, string command, (string Path, ModelFile File)? transfer, CancellationToken cancellation)
    {
        var file = ModelFile.Open(PurifierPath); // what is measured is what was written
        var network = (MaskedAutoencoder)file.Network;
        file = file with { Network = OverImages(network) };
        // The machine may be busier now than when the plan was made.
        if (_kept.TestImages is not { } count)
            Keep(_kept with { TestImages = count = Cost(network, cancellation).ImagesIn((options.Minutes * 60) - Seconds) });
        var test = images.Test.Take(count);
        var purifier = ModelReference.Of(PurifierPath, file);
        var defence = new DefenceUnderTest(CheckedModel.Classifier(classifier.Network, classifier.Path), CheckedModel.Purifier(file.Network, PurifierPath), transfer is { } other ? CheckedModel.Classifier(other.File.Network, other.Path) : null);
        var probe = DefenceProbe.Of(defence, test.Take(Together), cancellation);
        var protocol = Protocol.Named(Protocol.Protect, options.Epsilon, transfer: transfer is not null, random: probe.IsRandom, classes: test.ClassNames.Count);
        var run = new ProtocolRun(defence, probe, protocol, new ProtocolOptions
        {
            BatchSize = Together,
            Seed = options.Seed,
            StatePath = Path.Combine(_work, "measured.json"),
            Subject = $"{classifier.Reference.Digest} {purifier.Digest}",
        });
        var (title, attacks) = ("", -1);
        var result = run.Run(test, (attack, done, of) =>
        {
            if (attack != title)
                (title, attacks) = (attack, attacks + 1);
            Tell("measuring", (attacks + ((double)done / of)) / (protocol.Attacks.Count + 1), $"{attack}: {done} of {of} images");
            Keep(_kept);
        }, cancellation);
        Keep(_kept);
        var measurement = new ProtocolReport
        {
            Command = command,
            Dataset = test.Name,
            Seed = options.Seed,
            Classifier = classifier.Reference,
            Purifier = purifier,
            Transfer = transfer is { } known ? ModelReference.Of(known.Path, known.File) : null,
            Protocol = protocol,
            Result = result,
            Flags = ProtocolFlag.Of(protocol, result, test.ClassNames.Count),
        };
        var report = new ProtectionReport
        {
            Classifier = classifier,
            Images = images,
            Options = options,
            Plan = plan,
            TestImages = count,
            Training = _kept.Training!,
            Recipe = recipe with { Training = recipe.Training with { Minutes = _kept.TrainingMinutes } },
            Measurement = measurement,
            Minutes = Seconds / 60,
            ProcessorMinutes = ProcessorSeconds / 60,
        };
        using var scope = NewDisposeScope();
        report.Save(Path.Combine(folder, "protection"), ProtocolPage.Of(measurement, defence, test, cancellation));
        return report;
    }

    private void Keep(ProtectionState state)
    {
        _kept = state;
        _file!.Save(state with { Seconds = Seconds, ProcessorSeconds = ProcessorSeconds });
    }

    private void Tell(string phase, double share, string detail) => _progress(new ProtectionProgress(phase, share, Seconds / 60, options.Minutes, detail));
}
