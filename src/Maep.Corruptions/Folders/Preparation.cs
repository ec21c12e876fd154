namespace Maep.Corruptions.Folders;

/// <summary>How images of another size than the output's are brought to it.</summary>
public enum PreparationMode
{
    /// <summary>As ImageNet-C: the shorter side to 256, then the 224 in the middle. For 32, the shorter side to 32, then the middle.</summary>
    Crop,

    /// <summary>Both sides stretched or shrunk to the size.</summary>
    Stretch,

    /// <summary>Not at all: such an image counts as unreadable.</summary>
    None,
}

/// <summary>Brings images to the size of the outputs; images that have it are used as they are.</summary>
/// <param name="Side">Rows and columns: 224 or 32.</param>
/// <param name="Mode">How.</param>
public sealed record Preparation(int Side, PreparationMode Mode)
{
    private const int ImageNetShorterSide = 256;

    /// <summary>The size of outputs that suits a folder: 32 where its first readable image is 32 x 32, as CIFAR's are, and 224 otherwise.</summary>
    public static int SideFor(IReadOnlyList<SourceImage> sources)
    {
        foreach (var source in sources)
        {
            try
            {
                return ImageFile.Read(source.Path) is { Height: Corruption.CifarSide, Width: Corruption.CifarSide } ? Corruption.CifarSide : Corruption.ImageNetSide;
            }
            catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                // The run counts it; the next may tell.
            }
        }
        return Corruption.ImageNetSide;
    }

    /// <summary>What manifests and the command call it.</summary>
    public string Description => Mode switch
    {
        PreparationMode.Crop => $"{Side}x{Side} used as they are, others: shorter side to {ShorterSide}, then centre crop {Side}",
        PreparationMode.Stretch => $"{Side}x{Side} used as they are, others: stretched to {Side}x{Side}",
        _ => $"{Side}x{Side} only",
    };

    private int ShorterSide => Side == Corruption.ImageNetSide ? ImageNetShorterSide : Side;

    /// <summary>The image in the size of the outputs.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidDataException">The image has another size and <see cref="PreparationMode.None"/> is asked for.</exception>
    public RgbImage Apply(RgbImage image, string path)
    {
        if ((image.Height, image.Width) == (Side, Side))
            return image;
        return Mode switch
        {
            PreparationMode.Stretch => image.Resize(Side, Side),
            PreparationMode.Crop => Crop(image),
            _ => throw new InvalidDataException($"{path}: {image.Height}x{image.Width} pixels, but {Side}x{Side} asked for; let images be cropped or stretched (--prepare)."),
        };
    }

    // Sizes as torchvision computes them: the longer side cut off.
    private RgbImage Crop(RgbImage image)
    {
        var shorter = Math.Min(image.Height, image.Width);
        return image.Resize((int)((long)ShorterSide * image.Height / shorter), (int)((long)ShorterSide * image.Width / shorter)).CropMiddle(Side, Side);
    }
}
