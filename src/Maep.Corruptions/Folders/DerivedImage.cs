namespace Maep.Corruptions.Folders;

/// <summary>One output of a source image.</summary>
/// <param name="Path">File, relative to the destination.</param>
/// <param name="Make">Makes it from the prepared source; called from any thread.</param>
public sealed record DerivedImage(string Path, Func<RgbImage, RgbImage> Make);
