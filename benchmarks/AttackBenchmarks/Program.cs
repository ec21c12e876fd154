using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Maep.Attacks;
using Maep.Export;
using Maep.Export.Import;
using Maep.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

// PGD-10 on ResNet-20 here, on the same network opened from its ONNX file, and in PyTorch, in turns on the same machine, with the same batches and threads.
var weights = new Option<string>("--weights") { Description = "ResNet of akamaster/pytorch_resnet_cifar10, .safetensors.", Required = true };
var python = new Option<string>("--python") { Description = "Python that has torch (Debian: python3-torch).", DefaultValueFactory = _ => "python3" };
var images = new Option<int>("--images") { Description = "Random images in a round.", DefaultValueFactory = _ => 500 };
var batch = new Option<int>("--batch") { Description = "Images attacked together.", DefaultValueFactory = _ => 100 };
var threads = new Option<int>("--threads") { Description = "Threads of either side.", DefaultValueFactory = _ => Environment.ProcessorCount };
var rounds = new Option<int>("--rounds") { Description = "Turns of either side; the median counts.", DefaultValueFactory = _ => 5 };
var output = new Option<string>("--output") { Description = "Record to write.", DefaultValueFactory = _ => "benchmarks/results/pgd.json" };
var root = new RootCommand("Images per second of PGD-10 on ResNet-20, here and in PyTorch.") { weights, python, images, batch, threads, rounds, output };
root.SetAction(parsed =>
{
    var run = new Run(parsed.GetRequiredValue(weights), parsed.GetRequiredValue(images), parsed.GetRequiredValue(batch), parsed.GetRequiredValue(threads));
    set_num_threads(run.Threads);
    using var model = (CifarResNet)PublishedClassifier.Open(run.Weights, new ClassifierForm()).Network;
    using var imported = Run.Import(model);
    _ = run.Here(model); // warm-up
    _ = run.Here(imported);
    List<double> here = [], opened = [], there = [];
    var version = "";
    for (var round = 0; round < parsed.GetRequiredValue(rounds); round++)
    {
        here.Add(run.Here(model));
        opened.Add(run.Here(imported));
        (version, var speed) = run.PyTorch(parsed.GetRequiredValue(python));
        there.Add(speed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {here[^1]:F0} images/s here, {opened[^1]:F0} opened from ONNX, {there[^1]:F0} in PyTorch {version}"));
    }
    var record = new
    {
        Command = "dotnet run -c Release --project benchmarks/AttackBenchmarks -- " + string.Join(' ', args.Select(argument => Path.IsPathRooted(argument) ? Path.GetFileName(argument) : argument)),
        Attack = "PGD-10 Linf 8/255, steps of 2/255, random start",
        Network = $"ResNet-{model.Depth}",
        run.Images,
        run.Batch,
        run.Threads,
        PyTorch = version,
        Machine = $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
        ImagesPerSecond = here,
        ImportedImagesPerSecond = opened,
        PyTorchImagesPerSecond = there,
        MedianRatio = Median(here) / Median(there),
        ImportedMedianRatio = Median(opened) / Median(here),
    };
    File.WriteAllText(parsed.GetRequiredValue(output), JsonSerializer.Serialize(record, Run.Format) + "\n");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"medians: {Median(here):F0} images/s here, {Median(there):F0} in PyTorch; {record.MedianRatio:F2} times. Opened from ONNX {Median(opened):F0}, {record.ImportedMedianRatio:F2} times the original. Written: {parsed.GetRequiredValue(output)}"));
    return 0;
});
return root.Parse(args).Invoke();

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

/// <summary>One comparison's sizes.</summary>
internal sealed record Run(string Weights, int Images, int Batch, int Threads)
{
    public static JsonSerializerOptions Format { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Images per second of <see cref="ProjectedGradientDescent"/>.</summary>
    public double Here(nn.Module<Tensor, Tensor> model)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(0);
        var attack = new ProjectedGradientDescent(new PgdOptions());
        var (pixels, labels) = (rand([Images, 3, 32, 32], generator: random), randint(10, [Images], ScalarType.Int64, generator: random));
        var clock = Stopwatch.StartNew();
        for (var first = 0; first < Images; first += Batch)
        {
            var count = Math.Min(Batch, Images - first);
            attack.Perturb(model, pixels.narrow(0, first, count), labels.narrow(0, first, count), random).Dispose();
        }
        return Images / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The network as anyone's ONNX file would be opened: from the graph alone.</summary>
    public static ImportedNetwork Import(CifarResNet model) =>
        OnnxImporter.Open(OnnxExporter.ToBytes(model, new ModelFacts { Name = "resnet", TrainingSet = "none", RecipeHash = "none", Recipe = "{}" }), "resnet");

    /// <summary>Images per second of the PyTorch loop, in a process of its own that warms up first.</summary>
    public (string Version, double ImagesPerSecond) PyTorch(string python)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true };
        foreach (var argument in new object[] { Path.Combine(AppContext.BaseDirectory, "pgd_pytorch.py"), Weights, Images, Batch, Threads, 1 })
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{python}' ended with {process.ExitCode}; name a Python that has torch with --python.");
        using var answer = JsonDocument.Parse(text);
        return (answer.RootElement.GetProperty("version").GetString()!, answer.RootElement.GetProperty("imagesPerSecond")[0].GetDouble());
    }
}
