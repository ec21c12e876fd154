using Maep.Export.Emitters;
using Maep.Networks.Purifiers;

namespace Maep.Export.Formats;

/// <summary>A purifier of <see cref="NamedPurifiers"/> in a file, for images of any size; its name says all.</summary>
internal sealed class NamedPurifierFormat() : PurifierFormat<UntrainedPurifier, NamedPurifierFormat.NameOptions>("named-purifier")
{
    /// <param name="Name">Name and setting: "median:3".</param>
    internal sealed record NameOptions(string Name);

    /// <inheritdoc/>
    protected override NameOptions Options(UntrainedPurifier network) => new(network.Name);

    /// <inheritdoc/>
    protected override UntrainedPurifier Create(NameOptions options) => NamedPurifiers.Create(options.Name) ?? throw new ArgumentException($"There is no purifier '{options.Name}'.");

    /// <inheritdoc/>
    protected override string Emit(UntrainedPurifier network, OnnxGraph graph, string images) => new UntrainedPurifierEmitter(graph).Emit(images, network);
}
