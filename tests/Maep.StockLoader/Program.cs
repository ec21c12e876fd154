using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a saved pipeline, feeds it image paths (one a line) and writes its vectors as float32: StockLoader MODEL PATHS COLUMN OUTPUT.
if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name!.StartsWith("Maep.Transforms", StringComparison.Ordinal)))
{
    throw new InvalidOperationException("This process must not know Maep.Transforms.");
}
var context = new MLContext();
var model = Load();
var rows = context.Data.LoadFromEnumerable(File.ReadLines(args[1]).Select(path => new PathRow { Path = path }).ToList());
var values = model.Transform(rows).GetColumn<float[]>(args[2]).SelectMany(vector => vector).ToArray();
File.WriteAllBytes(args[3], MemoryMarshal.AsBytes(values.AsSpan()));

// As docs/mlnet-ort-file-name.md tells those who load by themselves: one load in 32,768 fails by chance.
ITransformer Load()
{
    try
    {
        return context.Model.Load(args[0], out _);
    }
    catch (Exception error) when (error.ToString().Contains("ORT model verification failed", StringComparison.Ordinal))
    {
        return context.Model.Load(args[0], out _);
    }
}

internal sealed class PathRow
{
    public string Path { get; set; } = "";
}
