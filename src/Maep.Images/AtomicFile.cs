namespace Maep.Images;

/// <summary>Writes files that are either complete or absent.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary name in the same folder, then renames over the old file; makes the folder when missing.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="write">Fills the stream; when it throws, the old file stays as it was.</param>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + ".tmp";
        try
        {
            using var stream = File.Create(temporary);
            write(stream);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes text as UTF-8 by <see cref="Write"/>.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
