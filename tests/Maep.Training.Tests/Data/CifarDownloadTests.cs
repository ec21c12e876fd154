using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Maep.Training.Data;

namespace Maep.Training.Tests.Data;

public sealed class CifarDownloadTests : IDisposable
{
    private static readonly byte[] Packed = Pack(FakeCifar.Records(labelBytes: 1, classes: 10));
    private readonly TemporaryFolder _folder = new();

    private string Destination => Path.Combine(_folder.Root, "sets");

    private string Part => Path.Combine(Destination, "fake.tar.gz.part");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fetch_leaves_the_set_and_nothing_else()
    {
        await using var server = new FileServer(Packed);
        var reports = new Reports();

        var folder = await CifarDownload.FetchAsync(Archive(server), Destination, reports, null, default);

        Assert.Equal(Path.Combine(Destination, CifarReader.Cifar10Folder), folder);
        Assert.Equal(FakeCifar.Count, CifarReader.Cifar10Test(Destination).Count);
        Assert.Equal([folder], Directory.GetFileSystemEntries(Destination));
        Assert.Equal(new DownloadProgress(Packed.Length, Packed.Length), reports[^1]);
    }

    [Fact]
    public async Task A_set_that_is_there_is_not_fetched_again()
    {
        await using var server = new FileServer(Packed);
        await CifarDownload.FetchAsync(Archive(server), Destination, null, null, default);

        await CifarDownload.FetchAsync(Archive(server), Destination, null, null, default);

        Assert.Single(server.Starts);
    }

    [Fact]
    public async Task A_cut_download_says_so_and_the_next_goes_on_from_there()
    {
        await using var server = new FileServer(Packed) { CutAfter = 5000 };
        var error = await Fails<IOException>(server);
        Assert.Contains($"{server.Address} was cut after 5000 of {Packed.Length} bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(Part).Length);
        var reports = new Reports();

        await CifarDownload.FetchAsync(Archive(server), Destination, reports, null, default);

        Assert.Equal([0, 5000], server.Starts);
        Assert.Equal(new DownloadProgress(Packed.Length, Packed.Length), reports[^1]);
        Assert.Equal(FakeCifar.Count, CifarReader.Cifar10Test(Destination).Count);
    }

    [Theory]
    [InlineData(false, 100)] // the server sends everything again
    [InlineData(true, 1 << 20)] // the partial file is longer than the archive
    public async Task A_partial_file_of_no_use_is_fetched_anew(bool knowsRanges, int partBytes)
    {
        await using var server = new FileServer(Packed) { KnowsRanges = knowsRanges };
        File.WriteAllBytes(PreparedPart(), new byte[partBytes]);

        await CifarDownload.FetchAsync(Archive(server), Destination, null, null, default);

        Assert.Equal(FakeCifar.Count, CifarReader.Cifar10Test(Destination).Count);
    }

    [Fact]
    public async Task A_whole_partial_file_needs_no_server()
    {
        File.WriteAllBytes(PreparedPart(), Packed);

        await CifarDownload.FetchAsync(Archive(ClosedPort()), Destination, null, null, default);

        Assert.Equal(FakeCifar.Count, CifarReader.Cifar10Test(Destination).Count);
    }

    [Fact]
    public async Task A_changed_archive_is_deleted_and_both_digests_are_named()
    {
        var changed = (byte[])Packed.Clone();
        changed[^1] ^= 1;
        await using var server = new FileServer(changed);

        var error = await Fails<InvalidDataException>(server);

        Assert.Contains(Md5(changed), error.Message, StringComparison.Ordinal);
        Assert.Contains(Md5(Packed), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public async Task Offline_fails_within_seconds_with_address_and_remedy()
    {
        var address = ClosedPort();
        var watch = Stopwatch.StartNew();

        var error = await Assert.ThrowsAsync<IOException>(() => CifarDownload.FetchAsync(Archive(address), Destination, null, null, default));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 8);
        Assert.Contains($"{address} cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Contains($"by hand and unpack it to '{Destination}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("MAEP_DATA", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public async Task A_refusal_is_named()
    {
        await using var server = new FileServer(Packed) { Status = 404 };

        var error = await Fails<IOException>(server);

        Assert.Contains("answered 404", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public async Task A_silent_server_counts_as_cut()
    {
        await using var server = new FileServer(Packed) { Silent = true };
        var archive = Archive(server) with { Patience = TimeSpan.FromMilliseconds(300) };

        var error = await Assert.ThrowsAsync<IOException>(() => CifarDownload.FetchAsync(archive, Destination, null, null, default));

        Assert.Contains("no answer in time", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Destination, CifarReader.Cifar10Folder)));
    }

    [Fact]
    public async Task Cancelling_throws_and_keeps_the_partial_file()
    {
        await using var server = new FileServer(Packed);
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports { Then = cancellation.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CifarDownload.FetchAsync(Archive(server), Destination, reports, null, cancellation.Token));

        Assert.Equal([Part], Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public async Task An_archive_that_does_not_read_leaves_no_set()
    {
        var packed = Pack(new byte[3073 * 5]);
        await using var server = new FileServer(packed);

        await Assert.ThrowsAsync<InvalidDataException>(
            () => CifarDownload.FetchAsync(Archive(server.Address, packed), Destination, null, null, default));

        Assert.Equal([Part], Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public async Task An_incomplete_set_in_the_way_is_named_and_left_alone()
    {
        await using var server = new FileServer(Packed);
        File.WriteAllText(_folder.File("sets", CifarReader.Cifar10Folder, "batches.meta.txt"), "mine");

        var error = await Fails<InvalidDataException>(server);

        Assert.Contains("without test_batch.bin. Delete or move that folder", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Starts);
        Assert.Equal("mine", File.ReadAllText(_folder.File("sets", CifarReader.Cifar10Folder, "batches.meta.txt")));
    }

    [Theory]
    [InlineData(CifarSet.Cifar10, "cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530")]
    [InlineData(CifarSet.Cifar100, "cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8")]
    public void The_official_archives_are_the_published_ones(CifarSet set, string file, string digest)
    {
        var archive = CifarArchive.Of(set);

        Assert.Equal(("https://www.cs.toronto.edu/~kriz/" + file, digest), (archive.Address.AbsoluteUri, archive.Md5));
        Assert.Equal(file, archive.FileName);
    }

    private Task<T> Fails<T>(FileServer server) where T : Exception =>
        Assert.ThrowsAsync<T>(() => CifarDownload.FetchAsync(Archive(server), Destination, null, null, default));

    private string PreparedPart() => _folder.File("sets", "fake.tar.gz.part");

    private static CifarArchive Archive(FileServer server) => Archive(server.Address);

    private static CifarArchive Archive(Uri address, byte[]? packed = null) =>
        new(address, Md5(packed ?? Packed), CifarReader.Cifar10Folder, ["test_batch.bin", "batches.meta.txt"], root => CifarReader.Cifar10Test(root));

    private static Uri ClosedPort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}/fake.tar.gz");
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The published digest is MD5.")]
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static byte[] Pack(byte[] testBatch)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip))
        {
            Add(tar, "test_batch.bin", testBatch);
            Add(tar, "batches.meta.txt", System.Text.Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 10).Select(k => $"class {k}"))));
        }
        return packed.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] bytes) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{CifarReader.Cifar10Folder}/{name}") { DataStream = new MemoryStream(bytes) });

    /// <summary>Unlike Progress, hears each report at once and in order.</summary>
    private sealed class Reports : List<DownloadProgress>, IProgress<DownloadProgress>
    {
        public Action? Then { get; init; }

        public void Report(DownloadProgress value)
        {
            Add(value);
            Then?.Invoke();
        }
    }
}
