using Maep.Networks.Purifiers;
using Maep.Training.Tests.Autoencoder;
using Maep.Training.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class LossDesignsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly MaskedAutoencoder _network = new(TinyAutoencoders.Stem);
    private readonly Tensor _clean = Random(1), _adversarial = Random(2);

    public LossDesignsTests() => RandomWeights.Fill(_network, seed: 3);

    public void Dispose()
    {
        _network.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Reconstruction_is_equation_16()
    {
        var loss = LossDesigns.Reconstruction(_network, _clean, _adversarial, new Dictionary<string, double>());

        Assert.Equal(Distance(Purified(_adversarial), _clean) + Distance(Purified(_clean), _clean), loss.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2.5)]
    public void Trades_in_pixels_is_equation_20(double lambda)
    {
        var loss = LossDesigns.TradesPixel(_network, _clean, _adversarial, lambda, new Dictionary<string, double>());

        Assert.Equal(Distance(Purified(_clean), _clean) + (lambda * Distance(Purified(_adversarial), Purified(_clean))), loss.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2.5)]
    public void Trades_in_the_latent_space_is_equation_21(double lambda)
    {
        var loss = LossDesigns.TradesLatent(_network, _clean, _adversarial, lambda, new Dictionary<string, double>());

        Assert.Equal(Distance(Purified(_clean), _clean) + (lambda * Distance(Values(_network.Latent(_adversarial)), Values(_network.Latent(_clean)))), loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Masked_modelling_is_equation_17_over_the_hidden_pixels_alone()
    {
        using var mask = PatchMask.Random(2, 16, 0.5, new Generator(6));

        var loss = LossDesigns.MaskedModelling(_network, _adversarial, mask, new Dictionary<string, double>());

        var hidden = mask.Hidden.reshape(2, 1, 4, 1, 4, 1).expand(2, 3, 4, 2, 4, 2).reshape(2, 3, 8, 8); // 4x4 patches of 2x2 pixels
        var filled = Values(_network.Reconstruct(_adversarial, mask).masked_select(hidden));
        Assert.Equal(Distance(filled, Values(_adversarial.masked_select(hidden))), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Purification_is_equation_18()
    {
        var loss = LossDesigns.Purification(_network, _clean, _adversarial, new Dictionary<string, double>());

        Assert.Equal(Distance(Purified(_adversarial), _clean), loss.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("stem")]
    public void A_latent_is_one_token_for_each_patch_and_feels_every_pixel(string form)
    {
        using var network = new MaskedAutoencoder(TinyAutoencoders.Named(form));
        RandomWeights.Fill(network, seed: 4);
        var images = _clean.detach().clone().requires_grad_();

        var latent = network.Latent(images);
        latent.square().sum().backward();

        Assert.Equal([2L, 16, TinyAutoencoders.Plain.EncoderWidth], latent.shape);
        Assert.True(images.grad!.ne(0).all().item<bool>());
    }

    private static PurifierRecipe Mlm { get; } = new() { Loss = new LossRecipe { Kind = "mlm", PreTraining = 0.5 }, Training = new TrainerOptions { Steps = 6, WarmUpSteps = 1 } };

    [Theory]
    [InlineData("reconstruction", 0, "purification clean")]
    [InlineData("trades-pixel", 0, "clean consistency")]
    [InlineData("trades-latent", 0, "clean consistency")]
    [InlineData("mlm", 2, "modelling")]
    [InlineData("mlm", 3, "purification")]
    public void A_recipe_chooses_its_loss_and_masked_modelling_its_turn_by_the_step(string kind, long step, string terms)
    {
        var recipe = Mlm with { Loss = Mlm.Loss! with { Kind = kind }, MaskingRatio = kind == "mlm" ? 0.5 : 0 };

        Assert.Equal(terms.Split(' ').Append("loss"), Metrics(recipe, step).Keys);
    }

    [Theory]
    [InlineData("sum", 0, 0, "Loss 'sum' is not known; use reconstruction, trades-pixel, trades-latent, mlm, or leave the loss out for MAEP's.")]
    [InlineData("reconstruction", 0.5, 0, "MaskingRatio 0.5 does not suit the loss 'reconstruction', which hides nothing; set it to 0.")]
    [InlineData("mlm", 0, 0, "MaskingRatio 0 does not suit the loss 'mlm', which hides patches; set it above 0.")]
    [InlineData("trades-pixel", 0, 0.1, "Guidance 0.1 is added to MAEP's own loss only; set its weight to 0.")]
    public void Parts_of_a_recipe_that_do_not_fit_are_refused(string kind, double maskingRatio, double guidance, string message)
    {
        var recipe = new PurifierRecipe { Loss = new LossRecipe { Kind = kind }, MaskingRatio = maskingRatio, Guidance = new GuidanceRecipe { Weight = guidance } };

        Assert.Equal(message, Assert.Throws<ArgumentException>(recipe.Validate).Message);
    }

    private Dictionary<string, double> Metrics(PurifierRecipe recipe, long step)
    {
        using var pairs = TinyPairs.Make(_folder.File("pairs.bin"));
        using var objective = new PurificationObjective(_network, pairs, recipe with { BatchSize = TinyPairs.Images });
        Dictionary<string, double> metrics = [];
        metrics["loss"] = objective.Loss(step, new Generator(7), metrics).item<float>();
        return metrics;
    }

    private float[] Purified(Tensor images) => Values(_network.Reconstruct(images, null));

    private static double Distance(float[] a, Tensor b) => Distance(a, Values(b));

    private static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Average();

    private static float[] Values(Tensor tensor) => RandomWeights.Values(tensor);

    private static Tensor Random(ulong seed)
    {
        using var random = new Generator(seed);
        return rand([2, 3, 8, 8], generator: random);
    }
}
