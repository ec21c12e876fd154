using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Tests;

/// <summary>Small networks of every kind that can be exported, with random weights and normalisation statistics, in evaluation mode.</summary>
internal static class Networks
{
    private static readonly MaskedAutoencoderOptions Plain = new()
    {
        ImageSize = 8,
        PatchSize = 2,
        EncoderWidth = 16,
        EncoderDepth = 2,
        EncoderHeads = 2,
        DecoderWidth = 8,
        DecoderDepth = 1,
        DecoderHeads = 2,
    };

    private static readonly DiscoOptions TinyDisco = new() { Width = 8, Blocks = 2, DecoderWidth = 12, DecoderLayers = 3 };

    private static readonly PreActResNetOptions SmallPreAct = new() { StemWidth = 8, Widths = [8, 16], Blocks = [2, 1], Classes = 5 };

    public static TheoryData<string> All => ["mae-plain", "mae-residual", "mae-stem", "mae-patch-4", "disco", "disco-twice", "resnet-20", "fast-convnet", "resnet-basic", "resnet-bottleneck", "preact-resnet", "preact-resnet-v1", "wide-resnet", "median:3", "median:5", "bits:3", "tv:0.1"];

    public static nn.Module<Tensor, Tensor> Create(string name)
    {
        nn.Module<Tensor, Tensor> network = name switch
        {
            "mae-plain" => new MaskedAutoencoder(Plain),
            "mae-residual" => new MaskedAutoencoder(Plain with { Residual = true }),
            "mae-stem" => new MaskedAutoencoder(Plain with { Residual = true, StemWidth = 12, StemBlocks = 2, TailBlocks = 1 }),
            "mae-patch-4" => new MaskedAutoencoder(Plain with { ImageSize = 16, PatchSize = 4, EncoderWidth = 32, EncoderHeads = 4 }),
            "disco" => new Disco(TinyDisco),
            "disco-twice" => new Disco(TinyDisco with { Cascade = 2 }),
            "resnet-20" => new CifarResNet(20, 7),
            "resnet-basic" => new ResNet(new ResNetOptions { Blocks = [1, 2], Classes = 5 }, PixelNormalization.Cifar10),
            "resnet-bottleneck" => new ResNet(new ResNetOptions { Blocks = [2, 1], Bottleneck = true, ImageNetStem = true, Classes = 6 }),
            "preact-resnet" => new PreActResNet(SmallPreAct),
            "preact-resnet-v1" => new PreActResNet(SmallPreAct with { ShortcutBeforeActivation = true }, PixelNormalization.ImageNet),
            "wide-resnet" => new PreActResNet(SmallPreAct with { Widths = [16, 32], FinalNorm = true }, PixelNormalization.Cifar10),
            "fast-convnet" => new FastConvNet(new FastConvNetOptions { Widths = [8, 16, 16], Classes = 5, LogitScale = 2 }),
            _ => NamedPurifiers.Create(name) ?? throw new ArgumentException(name),
        };
        Randomize(network);
        network.eval();
        return network;
    }

    public static ModelFacts Facts { get; } = new()
    {
        Name = "tiny",
        Version = "1.2.3",
        TrainingSet = "cifar10-train",
        EpsilonOver255 = 8,
        MaskingRatio = 0.25,
        RecipeHash = "0123456789ab",
        Recipe = "{\"name\":\"tiny\"}",
    };

    public static float[] Values(Tensor tensor)
    {
        using var flat = tensor.detach().contiguous();
        return flat.data<float>().ToArray();
    }

    /// <summary>Random images that the network takes.</summary>
    public static Tensor Images(nn.Module<Tensor, Tensor> network, int count)
    {
        var size = network is MaskedAutoencoder autoencoder ? autoencoder.Options.ImageSize : 32;
        using var random = new Generator(3);
        return rand([count, 3, size, size], generator: random);
    }

    /// <summary>Random weights that keep signals of unit size through the depth, so that a wrong layer shows in the output.</summary>
    public static void Randomize(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var random = new Generator(11);
        foreach (var (name, value) in NamedWeights.Of(network))
        {
            var inputs = value.dim() > 1 ? value[0].numel() : 1;
            var draws = name switch
            {
                _ when name.EndsWith("running_var", StringComparison.Ordinal) => rand(value.shape, generator: random) + 0.5,
                _ when value.dim() > 1 => randn(value.shape, generator: random) / Math.Sqrt(inputs),
                _ when name.EndsWith("weight", StringComparison.Ordinal) => rand(value.shape, generator: random) + 0.5,
                _ => randn(value.shape, generator: random) * 0.2,
            };
            value.copy_(draws);
        }
    }
}
