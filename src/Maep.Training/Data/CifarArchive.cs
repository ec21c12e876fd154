namespace Maep.Training.Data;

/// <summary>One published archive: where it is, how to know it is whole, and what it unpacks to.</summary>
/// <param name="Address">Address of the .tar.gz file.</param>
/// <param name="Md5">Published digest, 32 lower-case hexadecimal digits.</param>
/// <param name="Folder">Folder that the archive unpacks to.</param>
/// <param name="Files">Files of that folder that make the set complete.</param>
/// <param name="Check">Reads the set from the folder above <paramref name="Folder"/>; throws when it is not whole.</param>
internal sealed record CifarArchive(Uri Address, string Md5, string Folder, IReadOnlyList<string> Files, Action<string> Check)
{
    /// <summary>How long the server may say nothing before the download counts as cut.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Name of the archive file.</summary>
    public string FileName => Path.GetFileName(Address.AbsolutePath);

    /// <summary>The official archive of a set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such set.</exception>
    public static CifarArchive Of(CifarSet set) => set switch
    {
        CifarSet.Cifar10 => new(
            new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), "c32a1d4ab5d03f1284b67883e8d87530", CifarReader.Cifar10Folder,
            [.. Enumerable.Range(1, 5).Select(k => $"data_batch_{k}.bin"), "test_batch.bin", "batches.meta.txt"],
            root => Read(root, CifarReader.Cifar10Train, CifarReader.Cifar10Test)),
        CifarSet.Cifar100 => new(
            new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"), "03b5dce01913d631647c71ecec9e9cb8", CifarReader.Cifar100Folder,
            ["train.bin", "test.bin", "fine_label_names.txt"],
            root => Read(root, CifarReader.Cifar100Train, CifarReader.Cifar100Test)),
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "No such set; use Cifar10 or Cifar100."),
    };

    private static void Read(string root, params Func<string, LabelledImages>[] parts)
    {
        foreach (var part in parts)
            _ = part(root);
    }
}
