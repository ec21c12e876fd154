using System.CommandLine;
using Maep.Benchmarks;

var output = new Option<string>("--output") { Description = "Folder for the results.", DefaultValueFactory = _ => "benchmarks/results", Recursive = true };
var rows = new Option<int>("--rows") { Description = "Rows for each kind of column; a multiple of 50.", DefaultValueFactory = _ => 100_000 };
rows.Validators.Add(option =>
{
    if (option.GetValueOrDefault<int>() is var count && (count <= 0 || count % 50 != 0))
    {
        option.AddError($"--rows {count} is no positive multiple of 50, the number of cursors; use for example 100000.");
    }
});

var soak = new Command("soak", "Push many 32x32 rows through the transform and watch its memory.") { rows };
soak.SetAction(parsed => Soak.Run(RunFacts.Of(args), parsed.GetRequiredValue(output), parsed.GetRequiredValue(rows)));
var tiled = new Command("tiled-graph", "Compare 224x224 images in tiles with the tiles alone.");
tiled.SetAction(parsed => TiledGraph.Run(RunFacts.Of(args), parsed.GetRequiredValue(output)));
var root = new RootCommand("Measure PurifyAdversarial against ML.NET's own chain and against ONNX Runtime alone.") { output, soak, tiled };
root.SetAction(parsed => Throughput.Run(RunFacts.Of(args), parsed.GetRequiredValue(output)));
return root.Parse(args).Invoke();
