namespace Maep.Corruptions.Digital;

/// <summary>Stores and reads a JPEG file; a level is the quality on the scale of libjpeg, colour at half the resolution.</summary>
public sealed class JpegCompression() : Corruption<int>("jpeg_compression", CorruptionGroup.Digital,
    [25, 18, 15, 10, 7],
    [80, 65, 58, 50, 40])
{
    internal override UnitImage Corrupt(UnitImage clean, int level, RandomNumbers random) =>
        UnitImage.From(ImageFile.Decode(ImageFile.Jpeg(clean.ToRgb(), level), "JPEG in memory"));
}
