using Maep.Networks.Purifiers;
using Maep.Training.Data;
using Maep.Training.Tests.Autoencoder;
using Maep.Training.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class PurificationObjectiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdversarialPairs _pairs;

    public PurificationObjectiveTests() => _pairs = TinyPairs.Make(_folder.File("pairs.bin"));

    public void Dispose()
    {
        _pairs.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("plain", 0.5)]
    [InlineData("plain", 0.75)]
    [InlineData("stem", 0.5)]
    public void Purification_and_reconstruction_sum_to_the_loss(string form, double maskingRatio)
    {
        var metrics = Metrics(form, new PurifierRecipe { MaskingRatio = maskingRatio, BatchSize = 4 }, step: 0);

        Assert.Equal(metrics["loss"], metrics["purification"] + metrics["reconstruction"], tolerance: 1e-6);
        Assert.True(metrics["purification"] > 0 && metrics["reconstruction"] > 0);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0)]
    public void A_step_without_a_mask_has_no_reconstruction(double maskingRatio, double maskedSteps)
    {
        var metrics = Metrics("plain", new PurifierRecipe { MaskingRatio = maskingRatio, MaskedSteps = maskedSteps, BatchSize = 4 }, step: 0);

        Assert.Equal(0, metrics["reconstruction"]);
        Assert.Equal(metrics["loss"], metrics["purification"]);
    }

    [Fact]
    public void The_untrained_identity_loses_the_mean_perturbation()
    {
        using var network = new MaskedAutoencoder(TinyAutoencoders.Stem);
        using var objective = new PurificationObjective(network, _pairs, new PurifierRecipe { MaskingRatio = 0, WeakerShare = 0, BatchSize = TinyPairs.Images });

        using var loss = objective.Loss(0, new Generator(1), new Dictionary<string, double>());

        // Ten shifted images: borders repeat pixels, so the mean is near that of the pairs, and no pixel changes more than epsilon.
        Assert.InRange(loss.item<float>(), 4.0 / 255, 8.0 / 255);
    }

    [Fact]
    public void A_step_depends_on_its_number_and_seed_alone()
    {
        var recipe = new PurifierRecipe { BatchSize = 4 };

        var (first, again, other) = (Metrics("plain", recipe, step: 5), Metrics("plain", recipe, step: 5), Metrics("plain", recipe, step: 6));

        Assert.Equal(first, again);
        Assert.NotEqual(first["loss"], other["loss"]);
    }

    [Theory]
    [InlineData(0.1, 1, "Guidance takes part in steps that hide nothing only; set MaskedSteps 1 below 1 or MaskingRatio 0.5 to 0.")]
    [InlineData(-0.1, 0.5, "Weight -0.1 of Guidance must be above 0; leave Guidance out to have none.")]
    [InlineData(0, 0.5, "Weight 0 of Guidance must be above 0; leave Guidance out to have none.")]
    public void Guidance_that_would_do_nothing_is_refused(double weight, double maskedSteps, string message)
    {
        var recipe = new PurifierRecipe { MaskedSteps = maskedSteps, Guidance = new GuidanceRecipe { Weight = weight, Classifiers = ["a"] } };

        Assert.Equal(message, Assert.Throws<ArgumentException>(recipe.Validate).Message);
    }

    [Fact]
    public void Guidance_is_added_to_the_loss_of_the_paper_and_reported_apart()
    {
        var recipe = new PurifierRecipe { BatchSize = 4, MaskedSteps = 0, Guidance = new GuidanceRecipe { Weight = 0.5 } };

        var (plain, guided) = (Metrics("stem", recipe, step: 0), Metrics("stem", recipe, step: 0, new ClassifierGuidance([new ClassifierGuidanceTests.ScaledMeans(2)])));

        Assert.True(guided["guidance"] > 0);
        Assert.Equal(plain["purification"], guided["purification"]);
        Assert.Equal(plain["loss"] + (0.5 * guided["guidance"]), guided["loss"], tolerance: 1e-6);
    }

    [Fact]
    public void Disco_learns_from_whole_images_by_the_purification_loss()
    {
        using var scope = NewDisposeScope();
        var recipe = new PurifierRecipe { Disco = new DiscoOptions { Width = 4, Blocks = 1, DecoderWidth = 6, DecoderLayers = 2 }, MaskingRatio = 0, BatchSize = TinyPairs.Images, Augmentation = "dihedral" };
        using var network = recipe.CreateNetwork();
        using var objective = new PurificationObjective(network, _pairs, recipe);
        Dictionary<string, double> metrics = [];

        var loss = objective.Loss(0, new Generator(1), metrics);
        loss.backward();

        Assert.IsType<Disco>(network);
        Assert.Equal((loss.item<float>(), 0), ((float)metrics["purification"], metrics["reconstruction"]));
        Assert.All(network.parameters(), weight => Assert.True(weight.grad!.abs().sum().item<float>() > 0));
        Assert.Equal("DISCO hides no patches; set MaskingRatio 0.5 to 0.", Assert.Throws<ArgumentException>((recipe with { MaskingRatio = 0.5 }).Validate).Message);
        Assert.Equal("Augmentation 'crop' is not known; use dihedral, or leave it out.", Assert.Throws<ArgumentException>((recipe with { Augmentation = "crop" }).Validate).Message);
    }

    [Fact]
    public void Images_larger_than_the_network_are_purified_in_the_tiles_of_the_transform()
    {
        using var scope = NewDisposeScope();
        // One colour an image, so that a shift by mirroring changes nothing.
        var images = new LabelledImages("photos", [.. Enumerable.Range(0, 2 * 3 * 400).Select(value => (byte)(40 * (1 + (value / 400))))], [0, 1], 20, 20, ["a", "b"]);
        using var pairs = new PairGenerator(TinyPairs.Recipe with { Attacks = [new PairAttack { Kind = "fgsm" }] }, _ => new ClassifierGuidanceTests.ScaledMeans(1)).LoadOrMake(images, _folder.File("photos.bin"), _ => { }, default);
        var recipe = new PurifierRecipe
        {
            Network = TinyAutoencoders.Stem,
            Folder = new FolderRecipe { CropSize = 20 },
            Pairs = new PairRecipe { FromPrediction = true },
            MaskedSteps = 0,
            WeakerShare = 0,
            BatchSize = 2,
        };
        using var network = new MaskedAutoencoder(recipe.Network);
        RandomWeights.Fill(network, seed: 3);
        using var objective = new PurificationObjective(network, pairs, recipe);
        var (clean, adversarial) = pairs.Batch(arange(2, ScalarType.Int64), ones(2, 1, 1, 1));

        var loss = objective.Loss(0, new Generator(1), new Dictionary<string, double>()).item<float>();

        var tiled = new TiledPurifier(network, recipe.Network.ImageSize, overlap: 4).Purify(adversarial, tiles => network.Reconstruct(tiles, null));
        Assert.Equal((tiled - clean).abs().mean().item<float>(), loss, tolerance: 1e-5f);
        Assert.NotEqual((network.Reconstruct(adversarial, null) - clean).abs().mean().item<float>(), loss, tolerance: 1e-4f);
    }

    [Fact]
    public void Photographs_are_refused_with_hidden_patches_or_with_labels()
    {
        var recipe = new PurifierRecipe { Folder = new FolderRecipe(), MaskedSteps = 1 };

        var error = Assert.Throws<ArgumentException>(recipe.Validate);

        Assert.Contains("set MaskedSteps 1 to 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("set FromPrediction of Pairs to true", error.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, double> Metrics(string form, PurifierRecipe recipe, long step, ClassifierGuidance? guidance = null)
    {
        using var scope = NewDisposeScope();
        using var network = new MaskedAutoencoder(TinyAutoencoders.Named(form));
        RandomWeights.Fill(network, seed: 3);
        using var objective = new PurificationObjective(network, _pairs, recipe, guidance);
        Dictionary<string, double> metrics = [];
        metrics["loss"] = objective.Loss(step, new Generator(7), metrics).item<float>();
        return metrics;
    }
}
