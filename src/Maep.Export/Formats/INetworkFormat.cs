using static TorchSharp.torch;

namespace Maep.Export.Formats;

/// <summary>How one kind of network lies in a file: its name there, its options, its graph. Another kind is a class like these and a line in <see cref="NetworkFormats"/>.</summary>
internal interface INetworkFormat
{
    /// <summary>What files call it, under <see cref="OnnxNames.Network"/>.</summary>
    string Type { get; }

    /// <summary>What messages call it.</summary>
    string Network { get; }

    /// <summary>Whether its numbers may be other than 32-bit floats.</summary>
    bool AllowsSmallerNumbers { get; }

    /// <summary>Whether a network is of this kind.</summary>
    bool Holds(nn.Module<Tensor, Tensor> network);

    /// <summary>The untrained network that options describe.</summary>
    /// <param name="options">JSON, as <see cref="Write"/> wrote it.</param>
    /// <exception cref="System.Text.Json.JsonException">No such options.</exception>
    /// <exception cref="ArgumentException">Options that make no network.</exception>
    nn.Module<Tensor, Tensor> Create(string options);

    /// <summary>Writes a network: its graph from input to output, and what the file says of it.</summary>
    /// <param name="network">One of this kind.</param>
    /// <param name="graph">Empty, with the network's weights.</param>
    /// <param name="metadata">Receives type, options and kind.</param>
    /// <exception cref="ArgumentException">ONNX operators cannot make it.</exception>
    void Write(nn.Module<Tensor, Tensor> network, OnnxGraph graph, IDictionary<string, string> metadata);
}
