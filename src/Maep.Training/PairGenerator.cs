using Maep.Attacks;
using Maep.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>Makes, stores and reloads <see cref="AdversarialPairs"/>. A batch depends only on the recipe's seed and its number, so a cut run goes on where it stopped.</summary>
/// <param name="recipe">How to attack.</param>
/// <param name="load">Opens a classifier of the recipe by path: images in [0, 1] to logits, in evaluation mode.</param>
public sealed class PairGenerator(PairRecipe recipe, Func<string, nn.Module<Tensor, Tensor>> load)
{
    /// <summary>Reads the pairs of an earlier run, or makes what is missing of them.</summary>
    /// <param name="images">Training images.</param>
    /// <param name="path">File of the perturbations; while it is being made it is called path + ".part".</param>
    /// <param name="progress">Receives pairs done.</param>
    /// <param name="cancellation">Stops after the current step of an attack; the batches before are kept.</param>
    /// <exception cref="ArgumentException">The recipe names no classifier.</exception>
    /// <exception cref="InvalidDataException">The file at <paramref name="path"/> has another size than the images ask for.</exception>
    public AdversarialPairs LoadOrMake(LabelledImages images, string path, Action<int> progress, CancellationToken cancellation)
    {
        var imageBytes = images.Image(0).Length;
        if (!File.Exists(path))
            Make(images, imageBytes, path, progress, cancellation);
        var perturbations = File.ReadAllBytes(path);
        if (perturbations.Length != (long)images.Count * imageBytes)
            throw new InvalidDataException($"{path}: {perturbations.Length} bytes; {images.Count} images need {(long)images.Count * imageBytes}. Delete it to make the pairs again.");
        return new AdversarialPairs(images, perturbations, recipe.EpsilonOver255 / 255);
    }

    private void Make(LabelledImages images, int imageBytes, string path, Action<int> progress, CancellationToken cancellation)
    {
        if (recipe.Classifiers.Count == 0)
            throw new ArgumentException("Pairs has no Classifiers to attack; name at least one file.");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Dictionary<string, nn.Module<Tensor, Tensor>> opened = [];
        using (var part = new FileStream(path + ".part", FileMode.OpenOrCreate))
        {
            var batchBytes = (long)recipe.BatchSize * imageBytes;
            var done = (int)(part.Length / batchBytes);
            part.SetLength(done * batchBytes); // a batch cut in the middle is made again
            part.Seek(0, SeekOrigin.End);
            for (var batch = done; batch * recipe.BatchSize < images.Count; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                var start = batch * recipe.BatchSize;
                part.Write(Perturbations(images.Slice(start, Math.Min(recipe.BatchSize, images.Count - start)), batch, opened, cancellation));
                part.Flush();
                progress(Math.Min(start + recipe.BatchSize, images.Count));
            }
        }
        File.Move(path + ".part", path);
    }

    private byte[] Perturbations(LabelledImages images, int batch, Dictionary<string, nn.Module<Tensor, Tensor>> opened, CancellationToken cancellation)
    {
        var choice = new Random((recipe.Seed * 1_000_003) + batch);
        var path = Draw(recipe.Classifiers, classifier => classifier.Weight, choice).Path;
        if (!opened.TryGetValue(path, out var model))
            opened[path] = model = load(path); // before the scope, which would end the tensors that a classifier makes for itself
        using var scope = NewDisposeScope();
        var epsilon = recipe.EpsilonOver255 / 255;
        var attack = new ProjectedGradientDescent(recipe.Drawn?.Draw(epsilon, choice) ?? Draw(recipe.Attacks, attack => attack.Weight, choice).At(epsilon));
        using var random = new Generator((ulong)choice.NextInt64());

        var clean = LabelledImages.ToUnitRange(images.PixelTensor());
        var adversarial = attack.Perturb(model, clean, recipe.FromPrediction == true ? Predictions(CheckedModel.Classifier(model, path), clean, batch) : images.LabelTensor(), random, cancellation);
        var levels = ((adversarial - clean) * (AdversarialPairs.Scale / epsilon)).round().clamp(-AdversarialPairs.Scale, AdversarialPairs.Scale);
        return levels.to(ScalarType.Int8).contiguous().bytes.ToArray();
    }

    private Tensor Predictions(nn.Module<Tensor, Tensor> model, Tensor images, int batch)
    {
        using var noGradient = no_grad();
        return Decision.Of(new AskedModel(model).Scores(images, new ImageStreams(0, (long)batch * recipe.BatchSize, images.shape[0])));
    }

    private static T Draw<T>(IReadOnlyList<T> choices, Func<T, double> weight, Random random)
    {
        var at = random.NextDouble() * choices.Sum(weight);
        foreach (var choice in choices)
        {
            at -= weight(choice);
            if (at < 0)
                return choice;
        }
        return choices[^1];
    }
}
