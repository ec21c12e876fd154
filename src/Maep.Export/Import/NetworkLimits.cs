namespace Maep.Export.Import;

/// <summary>What a file may ask for; beyond it is damage or malice.</summary>
internal static class NetworkLimits
{
    /// <summary>Values of one tensor while a file is opened with a batch of three images: half a gigabyte of floats.</summary>
    public const long LargestTensor = 1L << 27;

    /// <summary>Values that constants may make for each value that the file stores, beyond those of <see cref="LargestTensor"/>.</summary>
    public const long ComputedForStored = 4;

    /// <summary>Numbers of one shape, list of axes or list of scales.</summary>
    public const long LargestShape = 1 << 16;

    /// <summary>Rows or columns of an image.</summary>
    public const long LargestSide = 4096;
}
