using System.Net;
using Maep.Samples.ClassifyService;
using Maep.Samples.Measuring;
using Microsoft.AspNetCore.Builder;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit.Abstractions;

namespace Maep.Samples.Tests;

[Trait("needs", "data")]
public sealed class ClassifyServiceTests(ITestOutputHelper output)
{
    private const int Threads = 32;

    [SkippableFact]
    public async Task Parallel_requests_get_the_answers_of_sequential_predictions()
    {
        var images = Inputs.CifarTest();
        byte[][] files = [.. PixelImage.Png(CifarRow.Clean(images)), .. PixelImage.Png(Inputs.AttackedCifar())];
        await using var service = Service.Build(Inputs.Classifier, "http://127.0.0.1:0", engines: 4);
        await service.StartAsync();

        var alone = await Load.Post(Address(service, "/classify-unpurified"), files, Threads);
        var purified = await Load.Post(Address(service, "/classify"), files, Threads);
        await service.StopAsync();

        Assert.Equal(Sequential(files, purify: false), alone);
        Assert.Equal(Sequential(files, purify: true), purified);
        var accuracy = PipelineAccuracy.Of(images.Labels.ToArray(), Split(alone, images.ClassNames), Split(purified, images.ClassNames));
        output.WriteLine($"{accuracy}");
        Assert.InRange(accuracy.Clean, 80, 100);
        Assert.InRange(accuracy.Attacked, 0, 5);
        Assert.InRange(accuracy.PurifiedClean, 80, 100);
        Assert.InRange(accuracy.PurifiedAttacked, 50, 90);
    }

    [Fact]
    public async Task A_body_that_is_no_image_is_a_bad_request()
    {
        await using var service = Service.Build(Inputs.Classifier, "http://127.0.0.1:0", engines: 1);
        await service.StartAsync();
        using var client = new HttpClient();
        using var content = new ByteArrayContent([1, 2, 3]);

        using var response = await client.PostAsync(Address(service, "/classify"), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("send a PNG or JPEG file", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await service.StopAsync();
    }

    private static Uri Address(WebApplication service, string path) => new(new Uri(service.Urls.Single()), path);

    private static Answer[] Sequential(byte[][] files, bool purify)
    {
        var context = new MLContext(seed: 1);
        using var engine = context.Model.CreatePredictionEngine<ImageInput, ClassScores>(Service.Model(context, Inputs.Classifier, purify));
        return [.. files.Select(file =>
        {
            using var stream = new MemoryStream(file);
            using var image = MLImage.CreateFromStream(stream);
            return Service.Answer(engine.Predict(new ImageInput { Image = image }).Logits);
        })];
    }

    private static Predictions Split(Answer[] answers, IReadOnlyList<string> classes)
    {
        int[] indices = [.. answers.Select(answer => classes.ToList().IndexOf(answer.Class))];
        return new Predictions(indices[..(indices.Length / 2)], indices[(indices.Length / 2)..]);
    }
}
