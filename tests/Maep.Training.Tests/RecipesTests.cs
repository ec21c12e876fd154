using Maep.Training.Tests.Data;

namespace Maep.Training.Tests;

public sealed class RecipesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_recipe_file_may_hold_comments_and_leave_out_what_it_does_not_change()
    {
        var path = Write("""
            {
              // half of the patches
              "maskingRatio": 0.25,
              "network": { "patchSize": 4, },
            }
            """);

        var recipe = Recipes.Load<PurifierRecipe>(path);

        Assert.Equal((0.25, 4, 32, 64), (recipe.MaskingRatio, recipe.Network.PatchSize, recipe.Network.ImageSize, recipe.BatchSize));
    }

    [Fact]
    public void An_unknown_property_is_refused_with_its_name_and_path()
    {
        var path = Write("""{ "maskRatio": 0.5 }""");

        var error = Assert.Throws<InvalidDataException>(() => Recipes.Load<PurifierRecipe>(path));

        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("maskRatio", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Compare it with the files of recipes/.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"batchSize\": ")]
    [InlineData("{ \"batchSize\": \"many\" }")]
    [InlineData("null")]
    public void What_is_no_recipe_is_refused_with_its_path(string text)
    {
        var path = Write(text);

        var error = Assert.Throws<InvalidDataException>(() => Recipes.Load<PurifierRecipe>(path));

        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_not_called_damaged()
    {
        Assert.Throws<FileNotFoundException>(() => Recipes.Load<PurifierRecipe>(_folder.File("missing.json")));
    }

    [Fact]
    public void A_recipe_survives_its_json_with_the_same_hash()
    {
        var recipe = new PurifierRecipe { Name = "small", Pairs = TinyPairs.Recipe };

        var again = Recipes.FromJson<PurifierRecipe>(Recipes.ToJson(recipe));

        Assert.Equal(Recipes.Hash(recipe), Recipes.Hash(again));
        Assert.Matches("^[0-9a-f]{12}$", Recipes.Hash(recipe));
        Assert.NotEqual(Recipes.Hash(recipe), Recipes.Hash(recipe with { MaskingRatio = 0.4 }));
    }

    private string Write(string text)
    {
        var path = _folder.File("recipe.json");
        File.WriteAllText(path, text);
        return path;
    }
}
