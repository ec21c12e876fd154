namespace Maep.Training.Data;

/// <summary>Reads CIFAR-10 and CIFAR-100 in the official binary layout (Krizhevsky, 2009): label bytes, then 3072 planar pixel bytes a record.</summary>
public static class CifarReader
{
    /// <summary>Rows and columns of every CIFAR image.</summary>
    public const int ImageSize = 32;

    private const int PixelBytes = 3 * ImageSize * ImageSize;

    /// <summary>Folder that the official CIFAR-10 archive unpacks to.</summary>
    public const string Cifar10Folder = "cifar-10-batches-bin";

    /// <summary>Folder that the official CIFAR-100 archive unpacks to.</summary>
    public const string Cifar100Folder = "cifar-100-binary";

    private static readonly string[] Cifar10TrainFiles = [.. Enumerable.Range(1, 5).Select(k => $"data_batch_{k}.bin")];

    /// <summary>The 50,000 training images of CIFAR-10.</summary>
    /// <param name="root">Folder that holds <see cref="Cifar10Folder"/>, or that folder itself.</param>
    /// <exception cref="DirectoryNotFoundException">No CIFAR-10 there.</exception>
    /// <exception cref="InvalidDataException">A file is missing, truncated or holds an impossible label.</exception>
    public static LabelledImages Cifar10Train(string root) => Cifar10(root, "cifar10-train", Cifar10TrainFiles);

    /// <summary>The 10,000 test images of CIFAR-10.</summary>
    /// <inheritdoc cref="Cifar10Train"/>
    public static LabelledImages Cifar10Test(string root) => Cifar10(root, "cifar10-test", ["test_batch.bin"]);

    /// <summary>The 50,000 training images of CIFAR-100, fine labels.</summary>
    /// <param name="root">Folder that holds <see cref="Cifar100Folder"/>, or that folder itself.</param>
    /// <exception cref="DirectoryNotFoundException">No CIFAR-100 there.</exception>
    /// <exception cref="InvalidDataException">A file is missing, truncated or holds an impossible label.</exception>
    public static LabelledImages Cifar100Train(string root) => Cifar100(root, "cifar100-train", "train.bin");

    /// <summary>The 10,000 test images of CIFAR-100, fine labels.</summary>
    /// <inheritdoc cref="Cifar100Train"/>
    public static LabelledImages Cifar100Test(string root) => Cifar100(root, "cifar100-test", "test.bin");

    /// <summary>Whether the folder holds CIFAR-10 in the official layout (file names only; contents are checked when read).</summary>
    public static bool HasCifar10(string root) => TryFolder(root, Cifar10Folder, "test_batch.bin") is not null;

    private static LabelledImages Cifar10(string root, string name, string[] files)
    {
        var folder = Folder(root, Cifar10Folder, "test_batch.bin", "cifar10");
        var classes = ClassNames(Path.Combine(folder, "batches.meta.txt"), 10);
        return Read(name, [.. files.Select(file => Path.Combine(folder, file))], labelBytes: 1, classes);
    }

    private static LabelledImages Cifar100(string root, string name, string file)
    {
        var folder = Folder(root, Cifar100Folder, "test.bin", "cifar100");
        var classes = ClassNames(Path.Combine(folder, "fine_label_names.txt"), 100);
        return Read(name, [Path.Combine(folder, file)], labelBytes: 2, classes);
    }

    private static string? TryFolder(string root, string name, string marker) =>
        new[] { Path.Combine(root, name), root }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, marker)));

    private static string Folder(string root, string name, string marker, string set) =>
        TryFolder(root, name, marker) ?? throw new DirectoryNotFoundException(
            $"'{root}' holds no {name}/{marker}; fetch it with `maep data {set} --to {root}`, or set MAEP_DATA to the folder that has it.");

    private static string[] ClassNames(string path, int count)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"{path}: missing; it names the {count} classes. Unpack the official archive again.");
        string[] names = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length == count
            ? names
            : throw new InvalidDataException($"{path}: {names.Length} class names, {count} expected. Unpack the official archive again.");
    }

    private static LabelledImages Read(string name, string[] paths, int labelBytes, string[] classes)
    {
        var recordBytes = labelBytes + PixelBytes;
        var pixels = new List<byte[]>();
        var labels = new List<int>();
        foreach (var path in paths)
        {
            var data = File.Exists(path) ? File.ReadAllBytes(path)
                : throw new InvalidDataException($"{path}: missing. Unpack the official archive again.");
            if (data.Length != 10000 * recordBytes && data.Length != 50000 * recordBytes)
                throw new InvalidDataException(
                    $"{path}: {data.Length} bytes, so record {data.Length / recordBytes} is cut or missing; 10000 or 50000 records of {recordBytes} bytes expected. Unpack the official archive again.");
            for (var record = 0; record < data.Length / recordBytes; record++)
            {
                var label = data[(record * recordBytes) + labelBytes - 1]; // CIFAR-100: coarse byte, then fine byte
                if (label >= classes.Length)
                    throw new InvalidDataException($"{path}: record {record} has label {label}; 0..{classes.Length - 1} allowed. Unpack the official archive again.");
                labels.Add(label);
                pixels.Add(data.AsSpan((record * recordBytes) + labelBytes, PixelBytes).ToArray());
            }
        }
        var all = new byte[(long)pixels.Count * PixelBytes];
        for (var image = 0; image < pixels.Count; image++)
            pixels[image].CopyTo(all, (long)image * PixelBytes);
        return new LabelledImages(name, all, [.. labels], ImageSize, ImageSize, classes);
    }
}
