using Maep.Evaluation.Comparison;
using Maep.Export;
using Maep.Training;
using Maep.Training.Data;
using Maep.Networks.Purifiers;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Cli.Tests;

public sealed class ShippedModelTests
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");

    public static TheoryData<string> Purifiers => [.. Directory.GetFiles(Models, "maep-*.onnx").Select(path => Path.GetFileName(path))];

    public static TheoryData<string> All => [.. Directory.GetFiles(Models, "*.onnx").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(All))]
    public void A_shipped_model_has_a_card_with_its_digest(string name)
    {
        var card = Path.Combine(Repository.Root, "models", Path.ChangeExtension(name, ".md"));

        Assert.True(File.Exists(card), $"models/{Path.ChangeExtension(name, ".md")} is missing");
        Assert.Contains(ModelFile.Open(Path.Combine(Models, name)).Sha256, File.ReadAllText(card), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_shipped_model_was_trained_by_its_recipe_file(string name)
    {
        var recipe = Path.Combine(Repository.Root, "recipes", Path.ChangeExtension(name, ".json"));

        var hash = name.StartsWith("maep-", StringComparison.Ordinal) ? Recipes.Hash(Recipes.Load<PurifierRecipe>(recipe)) : Recipes.Hash(Recipes.Load<ClassifierRecipe>(recipe));

        Assert.Equal(hash, ModelFile.Open(Path.Combine(Models, name)).Metadata["maep.recipe-hash"]);
    }

    [Fact]
    public void A_purifier_to_compare_with_is_the_whole_run_of_its_recipe_and_listed_with_its_digest()
    {
        var folder = Path.Combine(Repository.Root, "models", "compared");
        var list = File.ReadAllText(Path.Combine(folder, "README.md"));

        foreach (var path in Directory.GetFiles(folder, "*.onnx"))
        {
            var (_, metadata, digest) = ModelFile.Open(path);
            var recipe = Directory.GetFiles(Path.Combine(Repository.Root, "recipes"), "*.json", SearchOption.AllDirectories)
                .Where(file => !Path.GetFileName(file).StartsWith("classifier-", StringComparison.Ordinal))
                .Single(file => Recipes.Load<PurifierRecipe>(file).Name == Path.GetFileNameWithoutExtension(path));
            Assert.Equal(path, TrainedRecipe.Find(recipe, "no runs", folder).Model);
            Assert.Contains(digest, list, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_shipped_model_equals_its_TorchSharp_network(string name)
    {
        var path = Path.Combine(Models, name);

        var difference = ParityCheck.LargestDifference(ModelFile.Open(path).Network, File.ReadAllBytes(path));

        Assert.InRange(difference, 0, ParityCheck.Tolerance);
    }

    [Theory]
    [MemberData(nameof(Purifiers))]
    public void A_shipped_purifier_gives_in_ML_NET_what_it_gives_in_TorchSharp_before_and_after_saving(string name)
    {
        var path = Path.Combine(Models, name);
        var shapes = Shapes10.Generate(20, seed: 3);
        var rows = PixelRow.Of(shapes);
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(rows);
        using var folder = new TemporaryFolder();
        var zip = folder.File("model.zip");

        using var transformer = context.Transforms.PurifyAdversarial("Purified", "Pixels", path).Fit(data);
        context.Model.Save(transformer, data.Schema, zip);
        var batched = transformer.Transform(data).GetColumn<float[]>("Purified").ToArray();
        var reloaded = PurifiedPipeline.Load(context, zip, out _).Transform(data).GetColumn<float[]>("Purified").ToArray();

        using var noGradient = no_grad();
        using var bytes = shapes.PixelTensor();
        using var images = LabelledImages.ToUnitRange(bytes);
        using var expected = ModelFile.Open(path).Network.call(images).contiguous();
        var values = expected.data<float>().ToArray().Chunk(3 * 32 * 32).ToArray();
        Assert.InRange(LargestDifference(values, batched), 0, 1e-4);
        Assert.InRange(LargestDifference(values, reloaded), 0, 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Tiles_in_ML_NET_are_the_tiles_in_TorchSharp(int overlap)
    {
        var path = Path.Combine(Models, "maep-shapes10.onnx");
        using var noGradient = no_grad();
        using var images = rand([2, 3, WideRow.Height, WideRow.Width], generator: new Generator(4));
        var context = new MLContext();
        var data = context.Data.LoadFromEnumerable(images.data<float>().ToArray().Chunk(3 * WideRow.Height * WideRow.Width).Select(pixels => new WideRow { Pixels = pixels }));
        var options = new AdversarialPurifierOptions { OutputColumnName = "Purified", InputColumnName = "Pixels", ModelPath = path, SizeHandling = SizeHandling.Tile, TileOverlap = overlap };

        using var transformer = context.Transforms.PurifyAdversarial(options).Fit(data);
        var actual = transformer.Transform(data).GetColumn<float[]>("Purified").ToArray();

        using var expected = new TiledPurifier(ModelFile.OpenPurifier(path).Purifier!, 32, overlap).call(images).contiguous();
        Assert.InRange(LargestDifference([.. expected.data<float>().ToArray().Chunk(3 * WideRow.Height * WideRow.Width)], actual), 0, 1e-4);
    }

    private sealed class WideRow
    {
        public const int Height = 45;
        public const int Width = 70;

        [VectorType(3, Height, Width)]
        public float[] Pixels { get; set; } = [];
    }

    private static double LargestDifference(float[][] expected, float[][] actual) =>
        expected.Zip(actual, (first, second) => first.Zip(second, (a, b) => Math.Abs((double)a - b)).Max()).Max();
}
