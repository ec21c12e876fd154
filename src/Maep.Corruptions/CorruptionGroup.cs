namespace Maep.Corruptions;

/// <summary>The groups of ImageNet-C; the first four are the benchmark, the last is for validation.</summary>
public enum CorruptionGroup
{
    /// <summary>Gaussian, shot and impulse noise.</summary>
    Noise,

    /// <summary>Defocus, glass, motion and zoom blur.</summary>
    Blur,

    /// <summary>Snow, frost, fog and brightness.</summary>
    Weather,

    /// <summary>Contrast, elastic transform, pixelate and JPEG compression.</summary>
    Digital,

    /// <summary>Speckle noise, Gaussian blur, spatter and saturate: not part of mCE.</summary>
    Extra,
}
