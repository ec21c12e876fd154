using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Maep.Training.Data;

/// <summary>Fetches CIFAR-10 and CIFAR-100 from their author's site; a set appears whole and checked, or not at all.</summary>
public static class CifarDownload
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Downloads, checks and unpacks a set, going on from where an earlier try was cut; returns at once when the set is there.</summary>
    /// <param name="set">Which set.</param>
    /// <param name="destination">Folder to hold <see cref="CifarReader.Cifar10Folder"/> or <see cref="CifarReader.Cifar100Folder"/>; made when missing.</param>
    /// <param name="progress">Told how far the download is, after each block.</param>
    /// <param name="client">Sends the requests, with the caller's proxy and time limits; null for one that gives up connecting after 5 s.</param>
    /// <param name="cancellation">Stops early; the partial archive stays for the next try.</param>
    /// <returns>The folder of the set, inside the destination.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such set.</exception>
    /// <exception cref="IOException">The site cannot be reached or cut the download; the partial archive stays for the next try. Or the disk is full.</exception>
    /// <exception cref="InvalidDataException">The archive is not the published one (it is deleted), or an incomplete set lies in the way.</exception>
    public static Task<string> FetchAsync(
        CifarSet set, string destination, IProgress<DownloadProgress>? progress = null, HttpClient? client = null, CancellationToken cancellation = default) =>
        FetchAsync(CifarArchive.Of(set), destination, progress, client, cancellation);

    internal static async Task<string> FetchAsync(
        CifarArchive archive, string destination, IProgress<DownloadProgress>? progress, HttpClient? client, CancellationToken cancellation)
    {
        var folder = Path.Combine(destination, archive.Folder);
        if (IsThere(archive, folder))
            return folder;
        Directory.CreateDirectory(destination);
        var part = Path.Combine(destination, archive.FileName + ".part");
        if (!await IsWholeAsync(archive, part, cancellation).ConfigureAwait(false))
            await DownloadAsync(archive, destination, part, progress, client, cancellation).ConfigureAwait(false);
        await UnpackAsync(archive, destination, part, folder, cancellation).ConfigureAwait(false);
        File.Delete(part);
        return folder;
    }

    private static bool IsThere(CifarArchive archive, string folder)
    {
        if (!Directory.Exists(folder))
            return false;
        var missing = archive.Files.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));
        return missing is null ? true : throw new InvalidDataException($"{folder}: there, but without {missing}. Delete or move that folder and fetch the set again.");
    }

    private static async Task DownloadAsync(
        CifarArchive archive, string destination, string part, IProgress<DownloadProgress>? progress, HttpClient? client, CancellationToken cancellation)
    {
        using var own = client is null ? NewClient() : null;
        var remedy = $"Fetch again to go on from where it stopped, or get that archive by hand and unpack it to '{destination}', " +
            $"or let MAEP_DATA name a folder that holds {archive.Folder}.";
        await new ResumableDownload(client ?? own!, archive.Address, part, archive.Patience, remedy).RunAsync(progress, cancellation).ConfigureAwait(false);
        var found = await Md5Async(part, cancellation).ConfigureAwait(false);
        if (found == archive.Md5)
            return;
        File.Delete(part);
        throw new InvalidDataException(
            $"{archive.Address}: MD5 {found}, but {archive.Md5} is published, so the file was deleted. Fetch the set again; if that repeats, something on the way changes the archive.");
    }

    private static HttpClient NewClient() =>
        new(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout }) { Timeout = Timeout.InfiniteTimeSpan }; // 170 MB may take long; silence is timed instead

    private static async Task<bool> IsWholeAsync(CifarArchive archive, string part, CancellationToken cancellation) =>
        File.Exists(part) && await Md5Async(part, cancellation).ConfigureAwait(false) == archive.Md5;

    [SuppressMessage("Security", "CA5351", Justification = "MD5 is the digest that the author publishes; it guards against cut and changed files here.")]
    private static async Task<string> Md5Async(string path, CancellationToken cancellation)
    {
        var file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
            return Convert.ToHexStringLower(await MD5.HashDataAsync(file, cancellation).ConfigureAwait(false));
    }

    // Beside the destination's own folders, so that the last step is one rename on one file system.
    private static async Task UnpackAsync(CifarArchive archive, string destination, string part, string folder, CancellationToken cancellation)
    {
        var temporary = Path.Combine(destination, $".{archive.Folder}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(temporary);
        try
        {
            var file = File.OpenRead(part);
            await using (file.ConfigureAwait(false))
            {
                var tar = new GZipStream(file, CompressionMode.Decompress);
                await using (tar.ConfigureAwait(false))
                    await TarFile.ExtractToDirectoryAsync(tar, temporary, overwriteFiles: false, cancellation).ConfigureAwait(false);
            }
            archive.Check(temporary);
            Directory.Move(Path.Combine(temporary, archive.Folder), folder);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
