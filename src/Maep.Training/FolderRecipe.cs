namespace Maep.Training;

/// <summary>Training images from a folder of photographs, root/class/image: crops of the last of them, the first being left for tests.</summary>
public sealed record FolderRecipe
{
    /// <summary>Rows and columns that photographs are stretched to before they are cropped, pixels.</summary>
    public int PhotoSize { get; init; } = 256;

    /// <summary>Rows and columns of a crop, pixels: what the classifiers take.</summary>
    public int CropSize { get; init; } = 224;

    /// <summary>Photographs left out, from the start: those that <c>maep evaluate --samples</c> takes first, in turns over the classes.</summary>
    public int HeldOut { get; init; }

    /// <summary>Crops of each photograph, each at a random place and half of them flipped.</summary>
    public int Crops { get; init; } = 8;

    /// <summary>Seed of the crops.</summary>
    public int Seed { get; init; } = 1;
}
