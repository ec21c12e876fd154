// An ASP.NET Core service that purifies and classifies. Without DATA it serves; with it, it attacks CIFAR-10 images and posts them to itself.
using System.Diagnostics;
using System.Globalization;
using Maep.Attacks;
using Maep.Samples.ClassifyService;
using Maep.Samples.Measuring;
using Maep.Training.Data;

const int Threads = 32;

if (args.Length < 1)
{
    Console.Error.WriteLine("Usage: ClassifyService models/classifier-cifar10.onnx [DATA [COUNT]]");
    return 2;
}
if (args.Length == 1)
{
    await using var server = Service.Build(args[0], "http://localhost:5080", Environment.ProcessorCount);
    Console.WriteLine("curl --data-binary @image.png http://localhost:5080/classify");
    await server.RunAsync();
    return 0;
}
var images = CifarReader.Cifar10Test(args[1]).Take(args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 500);
var attack = new ProjectedGradientDescent(new PgdOptions());
var (clean, attacked) = (PixelImage.Png(CifarRow.Clean(images)), PixelImage.Png(CifarRow.Attacked(images, args[0], attack)));
await using var app = Service.Build(args[0], "http://127.0.0.1:0", Environment.ProcessorCount);
await app.StartAsync();
async Task<Predictions> Ask(string path) => new(await Classes(path, clean), await Classes(path, attacked));
async Task<int[]> Classes(string path, byte[][] files)
{
    var answers = await Load.Post(new Uri(new Uri(app.Urls.Single()), path), files, Threads);
    return [.. answers.Select(answer => images.ClassNames.ToList().IndexOf(answer.Class))];
}

var clock = Stopwatch.StartNew();
var accuracy = PipelineAccuracy.Of(images.Labels.ToArray(), await Ask("/classify-unpurified"), await Ask("/classify"));
Console.WriteLine($"{attack.Description}, {4 * images.Count} requests from {Threads} threads in {clock.Elapsed.TotalSeconds:F1} s");
Console.WriteLine(accuracy);
await app.StopAsync();
return 0;
