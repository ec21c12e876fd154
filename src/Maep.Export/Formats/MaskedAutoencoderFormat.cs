using System.Globalization;
using Maep.Export.Emitters;
using Maep.Networks.Purifiers;

namespace Maep.Export.Formats;

/// <summary><see cref="MaskedAutoencoder"/> in a file, for images of its own size.</summary>
internal sealed class MaskedAutoencoderFormat() : PurifierFormat<MaskedAutoencoder, MaskedAutoencoderOptions>("masked-autoencoder")
{
    /// <inheritdoc/>
    public override bool AllowsSmallerNumbers => true;

    /// <inheritdoc/>
    protected override MaskedAutoencoderOptions Options(MaskedAutoencoder network) => network.Options;

    /// <inheritdoc/>
    protected override MaskedAutoencoder Create(MaskedAutoencoderOptions options) => new(options);

    /// <inheritdoc/>
    protected override string Emit(MaskedAutoencoder network, OnnxGraph graph, string images) => new MaskedAutoencoderEmitter(graph, network.Options).Emit(images);

    /// <inheritdoc/>
    protected override void AddFacts(MaskedAutoencoder network, IDictionary<string, string> metadata) => metadata["maep.patch"] = network.PatchSize.ToString(CultureInfo.InvariantCulture);
}
