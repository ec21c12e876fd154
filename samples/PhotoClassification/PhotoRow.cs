using System.Text.Json;

namespace Maep.Samples.PhotoClassification;

/// <summary>A photograph in a folder named by its WordNet id, as ImageNet sorts them.</summary>
public sealed class PhotoRow
{
    /// <summary>Image file.</summary>
    public string Path { get; set; } = "";

    /// <summary>Index of its class among ImageNet's 1000.</summary>
    public int ClassIndex { get; set; }

    /// <summary>Photographs spread evenly over a folder.</summary>
    /// <param name="folder">Folder with one folder of .png files for each WordNet id.</param>
    /// <param name="classIndex">Keras' imagenet_class_index.json: class index to WordNet id and name.</param>
    /// <param name="count">Photographs wanted; fewer where the folder has fewer.</param>
    public static PhotoRow[] Find(string folder, string classIndex, int count)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(classIndex));
        var indices = json.RootElement.EnumerateObject()
            .ToDictionary(entry => entry.Value[0].GetString()!, entry => int.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture));
        string[] files = [.. Directory.GetFiles(folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var taken = Math.Min(count, files.Length);
        return [.. Enumerable.Range(0, taken).Select(index => files[(int)((long)index * files.Length / taken)])
            .Select(file => new PhotoRow { Path = file, ClassIndex = indices[System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(file))!] })];
    }
}
