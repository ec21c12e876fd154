namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Labelled images by corruption and severity, read one after the other and never held together.</summary>
public interface ICorruptedImages
{
    /// <summary>What reports call the set.</summary>
    string Name { get; }

    /// <summary>Size its images have, rows and columns: of folders the first image's. A classifier of fixed size takes precedence.</summary>
    (int Height, int Width) ImageSize { get; }

    /// <summary>Name of each class, in index order.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Whether an index gave the classes, and not the largest label found.</summary>
    bool ClassesAreAll { get; }

    /// <summary>Name of the class folder of each index, for matching classes by name; empty where there are none.</summary>
    IReadOnlyList<string> ClassFolders { get; }

    /// <summary>Whether the images are ImageNet's, so that errors can be set against AlexNet's.</summary>
    bool IsImageNet { get; }

    /// <summary>Corruptions and severities, in the order of <see cref="ImageNetC.InOrder"/>.</summary>
    IReadOnlyList<CellSize> Cells { get; }

    /// <summary>The images of a cell, in the same order at every call.</summary>
    IEnumerable<CorruptedImage> Images(CellSize cell);

    /// <summary>The file that a cell begins with: its size and time tell a set that was made again from the one before.</summary>
    string FirstFile(CellSize cell);
}

/// <summary>A cell of the table of results, and its number of images.</summary>
/// <param name="Corruption">Name of the corruption.</param>
/// <param name="Severity">1 to 5; 0 for images without corruption.</param>
/// <param name="Images">How many there are.</param>
public sealed record CellSize(string Corruption, int Severity, long Images);

/// <summary>One image, not read yet.</summary>
/// <param name="Name">What errors and lists of unreadable images call it.</param>
/// <param name="Key">The same for one photograph under every corruption, for finding its clean version.</param>
/// <param name="Label">Class index.</param>
/// <param name="Read">Decodes it; throws <see cref="InvalidDataException"/> or <see cref="IOException"/> where it cannot be read.</param>
public sealed record CorruptedImage(string Name, string Key, int Label, Func<RgbImage> Read);
