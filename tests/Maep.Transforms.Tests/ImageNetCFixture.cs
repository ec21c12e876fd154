using Microsoft.ML.Data;

namespace Maep.Transforms.Tests;

/// <summary>A small folder laid out as ImageNet-C, of images in one colour each.</summary>
public sealed class ImageNetCFixture : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("maep-imagenet-c-").FullName;

    public string ClassIndex => Path.Combine(Root, "classes.json");

    /// <summary>Writes images of a cell; the folder may have a group in front.</summary>
    public ImageNetCFixture With(string cell, string wordNetId, params string[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, cell, wordNetId)).FullName;
        foreach (var file in files)
        {
            using var image = MLImage.CreateFromPixels(2, 2, MLPixelFormat.Bgra32, [.. Enumerable.Repeat(byte.MaxValue, 16)]);
            image.Save(Path.Combine(folder, file));
        }
        return this;
    }

    public ImageNetCFixture WithClasses(params string[] wordNetIds)
    {
        File.WriteAllText(ClassIndex, $"{{ {string.Join(", ", wordNetIds.Select((id, index) => $"\"{index}\": [\"{id}\", \"name_{index}\"]"))} }}");
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
