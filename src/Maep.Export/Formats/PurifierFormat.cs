using Maep.Networks.Purifiers;

namespace Maep.Export.Formats;

/// <summary>A purifier in a file: images to images of the same size.</summary>
/// <inheritdoc/>
internal abstract class PurifierFormat<TNetwork, TOptions>(string type) : NetworkFormat<TNetwork, TOptions>(type, "purifier")
    where TNetwork : Purifier
    where TOptions : notnull
{
    /// <inheritdoc/>
    protected override int? Size(TNetwork network) => network.NativeSize;

    /// <inheritdoc/>
    protected override void Output(TNetwork network, OnnxGraph graph, string result) => graph.Output(result, OnnxNames.Purified, null, 3, Size(network), Size(network));
}
