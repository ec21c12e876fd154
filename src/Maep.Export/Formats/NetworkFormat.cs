using Maep.Training;
using static TorchSharp.torch;

namespace Maep.Export.Formats;

/// <summary>What all formats share: the input, and options as JSON.</summary>
/// <typeparam name="TNetwork">The network.</typeparam>
/// <typeparam name="TOptions">Size and form of it.</typeparam>
/// <param name="type">What files call it.</param>
/// <param name="kind">"purifier" or "classifier".</param>
internal abstract class NetworkFormat<TNetwork, TOptions>(string type, string kind) : INetworkFormat
    where TNetwork : nn.Module<Tensor, Tensor>
    where TOptions : notnull
{
    /// <inheritdoc/>
    public string Type => type;

    /// <inheritdoc/>
    public string Network => typeof(TNetwork).Name;

    /// <inheritdoc/>
    public virtual bool AllowsSmallerNumbers => false;

    /// <inheritdoc/>
    public bool Holds(nn.Module<Tensor, Tensor> network) => network is TNetwork;

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Create(string options) => Create(Recipes.FromJson<TOptions>(options));

    /// <inheritdoc/>
    public void Write(nn.Module<Tensor, Tensor> network, OnnxGraph graph, IDictionary<string, string> metadata)
    {
        var own = (TNetwork)network;
        metadata[OnnxNames.Network] = type;
        metadata[OnnxNames.Options] = Recipes.ToJson(Options(own));
        metadata["maep.kind"] = kind;
        AddFacts(own, metadata);
        var size = Size(own);
        var images = graph.Input(OnnxNames.Image, null, 3, size, size);
        Output(own, graph, Emit(own, graph, images));
    }

    /// <summary>Size and form of a network.</summary>
    protected abstract TOptions Options(TNetwork network);

    /// <summary>The untrained network of a size and form.</summary>
    protected abstract TNetwork Create(TOptions options);

    /// <summary>Rows and columns of its images; null for any.</summary>
    protected abstract int? Size(TNetwork network);

    /// <summary>Writes what lies between input and output.</summary>
    /// <param name="network">The network.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="images">Its input.</param>
    /// <returns>What the network gives.</returns>
    protected abstract string Emit(TNetwork network, OnnxGraph graph, string images);

    /// <summary>Names what the network gives as the graph's output.</summary>
    protected abstract void Output(TNetwork network, OnnxGraph graph, string result);

    /// <summary>Adds what only files of this kind say.</summary>
    protected virtual void AddFacts(TNetwork network, IDictionary<string, string> metadata)
    {
    }
}
