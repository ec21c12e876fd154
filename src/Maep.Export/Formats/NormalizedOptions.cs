using System.Text.Json.Serialization;
using Maep.Networks.Classifiers;

namespace Maep.Export.Formats;

/// <summary>What a file keeps of a classifier: its size and form, and what it does to images first.</summary>
/// <param name="Network">Size and form.</param>
/// <param name="Normalization">Null where the network decides.</param>
internal sealed record NormalizedOptions<TOptions>([property: JsonRequired] TOptions Network, PixelNormalization? Normalization);
