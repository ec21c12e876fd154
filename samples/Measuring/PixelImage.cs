using Maep.Training.Data;
using Microsoft.ML.Data;

namespace Maep.Samples.Measuring;

/// <summary>Pixels as image files.</summary>
public static class PixelImage
{
    /// <summary>Images of CIFAR-10 as PNG files in memory.</summary>
    public static byte[][] Png(IEnumerable<CifarRow> rows)
    {
        var folder = Directory.CreateTempSubdirectory("maep-png-").FullName;
        var path = Path.Combine(folder, "image.png");
        byte[][] files = [.. rows.Select(row =>
        {
            SavePng(row.Pixels, CifarReader.ImageSize, path); // MLImage writes to files only
            return File.ReadAllBytes(path);
        })];
        Directory.Delete(folder, recursive: true);
        return files;
    }

    /// <summary>Writes a PNG. An attack whose epsilon is a multiple of 1/255 stays within it: rounding to 8 bits cannot leave such a range.</summary>
    /// <param name="pixels">Planar RGB in [0, 1].</param>
    /// <param name="size">Rows and columns.</param>
    /// <param name="path">File to write.</param>
    public static void SavePng(float[] pixels, int size, string path)
    {
        var plane = size * size;
        var rgba = new byte[4 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                rgba[(4 * pixel) + channel] = (byte)Math.Round(255 * pixels[(channel * plane) + pixel]);
            rgba[(4 * pixel) + 3] = byte.MaxValue;
        }
        using var image = MLImage.CreateFromPixels(size, size, MLPixelFormat.Rgba32, rgba);
        image.Save(path);
    }
}
