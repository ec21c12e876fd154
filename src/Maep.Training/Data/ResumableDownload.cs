using System.Net;
using System.Net.Http.Headers;

namespace Maep.Training.Data;

/// <summary>Fetches one file over HTTP into a partial file, from where an earlier try was cut.</summary>
internal sealed class ResumableDownload(HttpClient client, Uri address, string part, TimeSpan patience, string remedy)
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Fetches what the partial file still lacks.</summary>
    /// <exception cref="IOException">The server cannot be reached, refuses, falls silent or cuts the connection; the partial file stays.</exception>
    public async Task RunAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var start = File.Exists(part) ? new FileInfo(part).Length : 0;
        var response = await RequestAsync(start, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            response.Dispose();
            File.Delete(part); // as long as the whole file or longer, yet not the file: of no use
            response = await RequestAsync(0, cancellation).ConfigureAwait(false);
        }
        using (response)
        {
            if (!response.IsSuccessStatusCode)
                throw Failed($"answered {(int)response.StatusCode} {response.ReasonPhrase}", null);
            if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != start)
                start = 0; // the server sends the file from its first byte
            await CopyAsync(response.Content, start, progress, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> RequestAsync(long start, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (start > 0)
            request.Headers.Range = new RangeHeaderValue(start, null);
        return await WaitForAsync("cannot be reached", silence => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence), cancellation)
            .ConfigureAwait(false);
    }

    private async Task CopyAsync(HttpContent content, long start, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var total = start + content.Headers.ContentLength;
        var source = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            file.SetLength(start);
            file.Position = start;
            var buffer = new byte[BufferBytes];
            while (true)
            {
                var count = await WaitForAsync($"was cut after {file.Position} of {total?.ToString() ?? "?"} bytes", silence => source.ReadAsync(buffer, silence).AsTask(), cancellation)
                    .ConfigureAwait(false);
                if (count == 0)
                    return;
                await file.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                progress?.Report(new DownloadProgress(file.Position, total));
            }
        }
    }

    // Only what the network does wrong is put in our words; a full disk keeps its own.
    private async Task<T> WaitForAsync<T>(string fault, Func<CancellationToken, Task<T>> step, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(patience);
        try
        {
            return await step(silence.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw Failed($"{fault} (no answer in time)", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Failed($"{fault} ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private IOException Failed(string fault, Exception? inner) => new($"{address} {fault}. {remedy}", inner);
}
