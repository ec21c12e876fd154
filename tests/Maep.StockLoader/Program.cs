using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a saved pipeline, feeds it image paths (one a line) and writes its vectors as float32: StockLoader MODEL PATHS COLUMN OUTPUT.
if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name!.StartsWith("Maep.Transforms", StringComparison.Ordinal)))
{
    throw new InvalidOperationException("This process must not know Maep.Transforms.");
}
var context = new MLContext();
var model = context.Model.Load(args[0], out _);
var rows = context.Data.LoadFromEnumerable(File.ReadLines(args[1]).Select(path => new PathRow { Path = path }).ToList());
var values = model.Transform(rows).GetColumn<float[]>(args[2]).SelectMany(vector => vector).ToArray();
File.WriteAllBytes(args[3], MemoryMarshal.AsBytes(values.AsSpan()));

internal sealed class PathRow
{
    public string Path { get; set; } = "";
}
