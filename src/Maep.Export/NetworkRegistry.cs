using System.Text.Json;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using static TorchSharp.torch;

namespace Maep.Export;

/// <summary>The networks that files can hold: their type names and options.</summary>
internal static class NetworkRegistry
{
    private sealed record ResNetOptions(int Depth, int Classes, PixelNormalization Normalization);

    private sealed record NameOptions(string Name);

    private sealed record FastOptions(FastConvNetOptions Network, PixelNormalization Normalization);

    /// <summary>Type name and options, JSON, of a network.</summary>
    /// <exception cref="ArgumentException">No exporter for this network.</exception>
    public static (string Type, string Options) Describe(nn.Module<Tensor, Tensor> network) => network switch
    {
        MaskedAutoencoder autoencoder => ("masked-autoencoder", Recipes.ToJson(autoencoder.Options)),
        Disco disco => ("disco", Recipes.ToJson(disco.Options)),
        UntrainedPurifier named => ("named-purifier", Recipes.ToJson(new NameOptions(named.Name))),
        CifarResNet resnet => ("cifar-resnet", Recipes.ToJson(new ResNetOptions(resnet.Depth, resnet.Classes, resnet.Normalization))),
        FastConvNet fast => ("fast-convnet", Recipes.ToJson(new FastOptions(fast.Options, fast.Normalization))),
        _ => throw new ArgumentException($"No exporter for a {network.GetName()}; MaskedAutoencoder, Disco, UntrainedPurifier, CifarResNet and FastConvNet can be exported.", nameof(network)),
    };

    /// <summary>An untrained network of a type.</summary>
    /// <exception cref="InvalidDataException">Unknown type or damaged options.</exception>
    public static nn.Module<Tensor, Tensor> Create(string type, string options, string source)
    {
        try
        {
            switch (type)
            {
                case "masked-autoencoder":
                    return new MaskedAutoencoder(Recipes.FromJson<MaskedAutoencoderOptions>(options));
                case "disco":
                    return new Disco(Recipes.FromJson<DiscoOptions>(options));
                case "named-purifier":
                    var name = Recipes.FromJson<NameOptions>(options).Name;
                    return NamedPurifiers.Create(name) ?? throw new ArgumentException($"There is no purifier '{name}'.");
                case "cifar-resnet":
                    var resnet = Recipes.FromJson<ResNetOptions>(options);
                    return new CifarResNet(resnet.Depth, resnet.Classes, resnet.Normalization);
                case "fast-convnet":
                    var fast = Recipes.FromJson<FastOptions>(options);
                    return new FastConvNet(fast.Network, fast.Normalization);
                default:
                    throw new InvalidDataException($"{source}: network type '{type}' is not known to this version; masked-autoencoder, disco, named-purifier, cifar-resnet and fast-convnet are.");
            }
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{source}: its network options cannot be used: {fault.Message} Export it again with `maep export`.", fault);
        }
    }
}
