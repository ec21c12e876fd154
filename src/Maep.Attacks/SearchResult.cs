using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>What the search of an attack found.</summary>
/// <param name="Images">[N, C, H, W]; only those of fooled images count.</param>
/// <param name="Fooled">[N], bool: the classifier gets the image wrong, by <see cref="Decision"/>.</param>
public readonly record struct SearchResult(Tensor Images, Tensor Fooled);
