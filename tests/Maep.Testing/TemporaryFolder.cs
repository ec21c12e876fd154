namespace Maep.Testing;

/// <summary>An empty folder that goes away with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("maep-test-").FullName;

    /// <summary>A path in it; nothing is made.</summary>
    public string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>The path of a file that is to be written; its folder is made.</summary>
    public string File(params string[] parts)
    {
        var path = Path(parts);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a file and gives its path.</summary>
    public string Write(byte[] bytes, params string[] parts)
    {
        var path = File(parts);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
