using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Samples.ClassifyService;

/// <summary>POST an image as the body to /classify, or to /classify-unpurified for comparison; the answer is JSON.</summary>
public static class Service
{
    private static readonly string[] Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The service, not started yet.</summary>
    /// <param name="classifier">CIFAR-10 classifier: maep.image to maep.logits.</param>
    /// <param name="url">Address to listen on; port 0 takes a free one.</param>
    /// <param name="engines">Predictions made at the same time, at most.</param>
    public static WebApplication Build(string classifier, string url, int engines)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        var context = new MLContext(seed: 1);
        foreach (var (path, purify) in new[] { ("/classify", true), ("/classify-unpurified", false) })
        {
            var pool = new EnginePool(context, Model(context, classifier, purify), engines);
            app.MapPost(path, (HttpRequest request, CancellationToken cancellation) => Classify(request, pool, cancellation));
            app.Lifetime.ApplicationStopped.Register(pool.Dispose);
        }
        return app;
    }

    /// <summary>The pipeline; nothing of it is trained here.</summary>
    public static ITransformer Model(MLContext context, string classifier, bool purify)
    {
        IEstimator<ITransformer> pipeline = context.Transforms.ResizeImages("Image", 32, 32);
        if (purify)
            pipeline = pipeline.Append(context.Transforms.PurifyAdversarial("Image", null, PurifierModels.MaepCifar10));
        return pipeline.Append(context.Transforms.ExtractPixels("maep.image", "Image", scaleImage: 1 / 255f))
            .Append(context.Transforms.ApplyOnnxModel("maep.logits", "maep.image", classifier))
            .Fit(context.Data.LoadFromEnumerable(Enumerable.Empty<ImageInput>()));
    }

    /// <summary>The likeliest class.</summary>
    public static Answer Answer(float[] logits)
    {
        var best = Array.IndexOf(logits, logits.Max());
        return new Answer(Classes[best], 1 / logits.Sum(logit => Math.Exp(logit - logits[best])));
    }

    private static async Task<IResult> Classify(HttpRequest request, EnginePool pool, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        body.Position = 0;
        using var image = Decode(body);
        return image is null
            ? Results.BadRequest("The body is no image; send a PNG or JPEG file.")
            : Results.Ok(Answer(await pool.Predict(new ImageInput { Image = image }, cancellation)));
    }

    private static MLImage? Decode(Stream file)
    {
        try
        {
            return MLImage.CreateFromStream(file);
        }
        catch (ArgumentException)
        {
            return null; // how ML.NET says that it cannot decode the file
        }
    }
}
