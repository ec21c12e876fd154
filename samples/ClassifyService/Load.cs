using System.Net.Http.Json;

namespace Maep.Samples.ClassifyService;

/// <summary>Sends images to the service from many threads.</summary>
public static class Load
{
    /// <summary>Posts every image once.</summary>
    /// <param name="endpoint">Address to post to.</param>
    /// <param name="images">Image files.</param>
    /// <param name="threads">Requests under way at the same time.</param>
    /// <returns>The answer to each image, in their order.</returns>
    public static async Task<Answer[]> Post(Uri endpoint, IReadOnlyList<byte[]> images, int threads)
    {
        using var client = new HttpClient();
        var answers = new Answer[images.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, images.Count), new ParallelOptions { MaxDegreeOfParallelism = threads }, async (index, cancellation) =>
        {
            using var content = new ByteArrayContent(images[index]);
            using var response = await client.PostAsync(endpoint, content, cancellation);
            response.EnsureSuccessStatusCode();
            answers[index] = (await response.Content.ReadFromJsonAsync<Answer>(cancellation))!;
        });
        return answers;
    }
}
