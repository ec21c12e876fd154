namespace Maep.Transforms;

/// <summary>The purifiers that come inside this library; their names stand for a model path wherever one is asked for.</summary>
public static class PurifierModels
{
    /// <summary>MAEP for 32x32 photographs, trained on CIFAR-10.</summary>
    public const string MaepCifar10 = "maep-cifar10";

    /// <summary>MAEP for larger photographs, which it goes over in tiles of 32x32 (<see cref="SizeHandling.Tile"/>): maep-cifar10, trained further on crops of 224x224.</summary>
    public const string MaepPhotos = "maep-photos";

    /// <summary>A toy for the generated set Shapes10, 32x32.</summary>
    public const string MaepShapes10 = "maep-shapes10";

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = [MaepCifar10, MaepPhotos, MaepShapes10];

    /// <summary>The ONNX file of a purifier, for use without this transform.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>A stream to read from its start; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">No purifier of this name.</exception>
    public static Stream Open(string name) =>
        (Names.Contains(name) ? typeof(PurifierModels).Assembly.GetManifestResourceStream($"{name}.onnx") : null)
        ?? throw new ArgumentException($"No shipped purifier '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
}
