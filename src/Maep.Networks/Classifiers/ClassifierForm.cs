namespace Maep.Networks.Classifiers;

/// <summary>What the weights of a published classifier do not tell of it.</summary>
/// <param name="Architecture">Its name, such as "wrn-28-10"; null lets the weights tell. See <see cref="PublishedClassifier.Architectures"/>.</param>
/// <param name="Normalization">What the images are to be normalised by; null for what the file holds or the architecture's weights usually want.</param>
/// <param name="BlueFirst">Whether it takes blue, green, red, as Caffe and Custom Vision do.</param>
public sealed record ClassifierForm(string? Architecture = null, PixelNormalization? Normalization = null, bool BlueFirst = false);
