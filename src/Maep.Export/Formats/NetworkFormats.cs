using System.Text.Json;
using static TorchSharp.torch;

namespace Maep.Export.Formats;

/// <summary>The networks that files can hold.</summary>
internal static class NetworkFormats
{
    private static readonly INetworkFormat[] All =
    [
        new MaskedAutoencoderFormat(),
        new DiscoFormat(),
        new NamedPurifierFormat(),
        new CifarResNetFormat(),
        new FastConvNetFormat(),
        new ResNetFormat(),
        new PreActResNetFormat(),
    ];

    /// <summary>The format of a network.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static INetworkFormat Of(nn.Module<Tensor, Tensor> network) => All.FirstOrDefault(format => format.Holds(network))
        ?? throw new ArgumentException($"No exporter for a {network.GetName()}; {List(format => format.Network)} can be exported.", nameof(network));

    /// <summary>The untrained network that a file says it holds.</summary>
    /// <param name="type">What the file calls it.</param>
    /// <param name="options">Its options, JSON.</param>
    /// <param name="source">What errors call the file.</param>
    /// <exception cref="InvalidDataException">Unknown type or damaged options.</exception>
    public static nn.Module<Tensor, Tensor> Create(string type, string options, string source)
    {
        var format = All.FirstOrDefault(format => format.Type == type)
            ?? throw new InvalidDataException($"{source}: network type '{type}' is not known to this version; {List(format => format.Type)} are.");
        try
        {
            return format.Create(options);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{source}: its network options cannot be used: {fault.Message} Export it again with `maep export`.", fault);
        }
    }

    private static string List(Func<INetworkFormat, string> name) => $"{string.Join(", ", All[..^1].Select(name))} and {name(All[^1])}";
}
