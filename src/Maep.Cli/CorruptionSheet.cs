using Maep.Corruptions;
using Maep.Corruptions.Folders;
using Maep.Evaluation;
using static TorchSharp.torch;

namespace Maep.Cli;

/// <summary>A picture of a drawn scene under corruptions: one column each, the clean scene on top and the severities below.</summary>
internal static class CorruptionSheet
{
    private const int Cell = Corruption.ImageNetSide / 2;
    private const int Quality = 90;

    /// <summary>Writes the picture as .png, or as .jpg or .jpeg.</summary>
    public static int Write(string path, IReadOnlyList<Corruption> corruptions, ulong seed)
    {
        var scene = SampleScene.Draw();
        var work = new CorruptedFolder(corruptions, [.. Enumerable.Range(1, Corruption.Severities)], seed);
        (string Title, Tensor Images)[] columns = [.. corruptions.Select(corruption =>
            (corruption.Name, Cells(Enumerable.Range(1, Corruption.Severities).Select(severity => work.Corrupt(scene, "scene", corruption, severity)).Prepend(scene))))];
        var png = PictureGrid.Png(columns, scale: 1);
        var isJpeg = Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg";
        AtomicFile.Write(path, stream => stream.Write(isJpeg ? ImageFile.Jpeg(ImageFile.Decode(png, path), Quality) : png));
        foreach (var (_, images) in columns)
            images.Dispose();
        Console.WriteLine($"{path}: {string.Join(", ", corruptions.Select(corruption => corruption.Name))} from left to right; clean, then severity 1 to {Corruption.Severities} downwards");
        return ExitCode.Success;
    }

    private static Tensor Cells(IEnumerable<RgbImage> images) // [6, 3, 112, 112] in [0, 1]
    {
        using var bytes = tensor([.. images.SelectMany(image => image.Resize(Cell, Cell).Planar)], [Corruption.Severities + 1, 3, Cell, Cell], dtype: ScalarType.Byte);
        return Maep.Training.Data.LabelledImages.ToUnitRange(bytes);
    }
}
