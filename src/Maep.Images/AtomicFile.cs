using System.Security.Cryptography;
using System.Text;

namespace Maep.Images;

/// <summary>Writes files that are either complete or absent.</summary>
public static class AtomicFile
{
    /// <summary>Bytes that a file's name may have on the file systems of Linux and macOS; on Windows it is as many characters.</summary>
    public const int LongestName = 255;

    /// <summary>
    /// Writes to a short temporary name in the same folder, then renames over the old file; makes the folder when missing. Of several that write one file at a
    /// time, each writes it whole, and the last one stays.
    /// </summary>
    /// <param name="path">File to write.</param>
    /// <param name="write">Fills the stream; when it throws, the old file stays as it was.</param>
    /// <exception cref="IOException">The place cannot be written: a folder, a name that is too long, a folder without permission.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        RequireName(path);
        var temporary = Path.Combine(Path.GetDirectoryName(target) ?? target, $".{Guid.NewGuid():N}.tmp");
        var stream = Try(path, () => Create(temporary));
        try
        {
            using (stream)
                write(stream);
            Try(path, () => Move(temporary, target));
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes text as UTF-8 by <see cref="Write"/>.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Refuses a path that no file can have, before the work whose result it is to hold.</summary>
    /// <exception cref="IOException">A folder has that path, or the name is too long.</exception>
    public static void RequireName(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder; name a file.");
        if (Encoding.UTF8.GetByteCount(Path.GetFileName(path)) is var length && length > LongestName)
            throw new IOException($"'{path}' cannot be written: its name has {length} bytes, and at most {LongestName} are allowed; shorten it.");
    }

    /// <summary>The path itself, or where the name would be too long for a file one that begins alike and ends with a digest of the name: the same at every call.</summary>
    /// <param name="path">Path of a file whose name need not be kept.</param>
    /// <param name="room">Bytes to leave for what is appended to the name.</param>
    public static string Fitting(string path, int room = 0)
    {
        var name = Path.GetFileName(path);
        if (Encoding.UTF8.GetByteCount(name) + room <= LongestName)
            return path;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16];
        var begin = name;
        while (Encoding.UTF8.GetByteCount(begin) + 1 + digest.Length + room > LongestName)
            begin = begin[..^(char.IsLowSurrogate(begin[^1]) ? 2 : 1)];
        return Path.Combine(Path.GetDirectoryName(path) ?? "", $"{begin}-{digest}");
    }

    private static FileStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.CreateNew);
    }

    private static bool Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        return true;
    }

    private static T Try<T>(string path, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written ({fault.Message.TrimEnd('.')}); name a file in a folder that you may write to.", fault);
        }
    }
}
