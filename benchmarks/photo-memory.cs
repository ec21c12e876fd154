#:project ../src/Maep.Transforms/Maep.Transforms.csproj
#:package Microsoft.ML.OnnxRuntime
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property PublishAot=false

// Purifies one photograph of noise in tiles and prints the peak memory of the process (Linux):
// dotnet run benchmarks/photo-memory.cs -- 4000 3000 [saved] [FILE for the purified bytes]
using System.Diagnostics;
using System.Globalization;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

var (width, height) = (int.Parse(args[0], CultureInfo.InvariantCulture), int.Parse(args[1], CultureInfo.InvariantCulture));
var isSaved = args.Contains("saved");
var context = new MLContext(seed: 1);
var photo = Path.Combine(Path.GetTempPath(), $"maep-photo-{Environment.ProcessId}.png");
using (var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, Noise(4 * width * height)))
{
    image.Save(photo);
}
var data = context.Data.LoadFromEnumerable([new Row { Path = photo }]);
var pipeline = context.Transforms.LoadImages("Image", "", "Path")
    .Append(context.Transforms.ResizeImages("Image", width, height))
    .Append(context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
    {
        ModelPath = PurifierModels.MaepPhotos,
        OutputColumnName = "Purified",
        InputColumnName = "Image",
        SizeHandling = SizeHandling.Tile,
        Threads = 1,
    }));
ITransformer model = pipeline.Fit(data);
if (isSaved)
{
    using var zip = new MemoryStream();
    context.Model.Save(model, data.Schema, zip);
    (model as IDisposable)?.Dispose();
    model = context.Model.Load(zip, out _);
}
GC.Collect();
Console.WriteLine($"before: {Memory("VmRSS")} MiB resident, peak {Memory("VmHWM")} MiB");
File.WriteAllText("/proc/self/clear_refs", "5"); // the peak from here on
var clock = Stopwatch.StartNew();
var view = model.Transform(data);
using (var cursor = view.GetRowCursor([view.Schema["Purified"]]))
{
    var getter = cursor.GetGetter<MLImage>(view.Schema["Purified"]);
    MLImage? purified = null;
    cursor.MoveNext();
    getter(ref purified!);
    Console.WriteLine($"{width}x{height}{(isSaved ? ", saved chain" : "")}: {clock.Elapsed.TotalSeconds:F1} s, processor {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F1} s, peak memory {Memory("VmHWM")} MiB");
    if (args.FirstOrDefault(arg => arg.EndsWith(".bin", StringComparison.Ordinal)) is { } output)
    {
        File.WriteAllBytes(output, purified.Pixels);
    }
    purified.Dispose();
}
File.Delete(photo);

static byte[] Noise(int length)
{
    var bytes = new byte[length];
    new Random(1).NextBytes(bytes);
    for (var alpha = 3; alpha < length; alpha += 4)
    {
        bytes[alpha] = 255;
    }
    return bytes;
}

static long Memory(string name) => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;

internal sealed class Row
{
    public string Path { get; set; } = "";
}
