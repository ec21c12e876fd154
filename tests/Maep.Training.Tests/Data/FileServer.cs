using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Maep.Training.Tests.Data;

/// <summary>Serves one file over HTTP on 127.0.0.1, with the faults a download meets.</summary>
internal sealed partial class FileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public FileServer(byte[] file)
    {
        File = file;
        _listener.Start();
        _serving = ServeAsync();
    }

    public byte[] File { get; set; }

    /// <summary>Closes the connection after this many bytes of the body, once.</summary>
    public int? CutAfter { get; set; }

    /// <summary>Sends the headers and then nothing.</summary>
    public bool Silent { get; set; }

    public bool KnowsRanges { get; set; } = true;

    public int Status { get; set; } = 200;

    /// <summary>First byte asked for by each request so far.</summary>
    public List<int> Starts { get; } = [];

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/fake.tar.gz");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(connection.GetStream());
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var start = 0;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            if (RangeLine().Match(line) is { Success: true } range)
                start = int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
        }
        Starts.Add(start);
        var (status, first) = Status != 200 ? (Status, File.Length)
            : !KnowsRanges || start == 0 ? (200, 0)
            : start < File.Length ? (206, start) : (416, File.Length);
        var headers = $"HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: {File.Length - first}\r\n" +
            (status == 206 ? $"Content-Range: bytes {first}-{File.Length - 1}/{File.Length}\r\n\r\n" : "\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(headers), _stop.Token);
        if (Silent)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        var count = Math.Min(CutAfter ?? int.MaxValue, File.Length - first);
        CutAfter = null;
        await stream.WriteAsync(File.AsMemory(first, count), _stop.Token);
    }

    [GeneratedRegex("^Range: bytes=([0-9]+)-$", RegexOptions.IgnoreCase)]
    private static partial Regex RangeLine();
}
