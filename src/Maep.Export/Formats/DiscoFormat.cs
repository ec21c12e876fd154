using Maep.Export.Emitters;
using Maep.Networks.Purifiers;

namespace Maep.Export.Formats;

/// <summary><see cref="Disco"/> in a file, for images of any size.</summary>
internal sealed class DiscoFormat() : PurifierFormat<Disco, DiscoOptions>("disco")
{
    /// <inheritdoc/>
    public override bool AllowsSmallerNumbers => true;

    /// <inheritdoc/>
    protected override DiscoOptions Options(Disco network) => network.Options;

    /// <inheritdoc/>
    protected override Disco Create(DiscoOptions options) => new(options);

    /// <inheritdoc/>
    protected override string Emit(Disco network, OnnxGraph graph, string images) => new DiscoEmitter(graph, network.Options).Emit(images);
}
