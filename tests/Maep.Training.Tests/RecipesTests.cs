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
    public void What_the_file_of_a_classifier_does_not_tell_stands_in_the_recipe()
    {
        var path = Write("""{ "pairs": { "classifiers": [ { "path": "a.onnx" } ] }, "classifiers": { "a.onnx": { "mean": [0.5, 0.4, 0.3], "standardDeviation": [0.2, 0.2, 0.1], "blueFirst": true } } }""");

        var recipe = Recipes.Load<PurifierRecipe>(path);
        recipe.Validate();
        var form = recipe.Classifiers!["a.onnx"].Form();

        Assert.Equal([0.5f, 0.4f, 0.3f], form.Normalization!.Mean);
        Assert.Equal([0.2f, 0.2f, 0.1f], form.Normalization.Deviation);
        Assert.Equal((true, null), (form.BlueFirst, form.Architecture));
        Assert.Equal(Recipes.Hash(recipe), Recipes.Hash(Recipes.FromJson<PurifierRecipe>(Recipes.ToJson(recipe))));
    }

    [Theory]
    [InlineData("""{ "classifiers": { "b.onnx": {} } }""", "'b.onnx' of Classifiers is named neither by Pairs nor by Guidance")]
    [InlineData("""{ "pairs": { "classifiers": [ { "path": "a" } ] }, "classifiers": { "a": { "mean": [0.5] } } }""", "must be three numbers each")]
    [InlineData("""{ "pairs": { "classifiers": [ { "path": "a" } ] }, "classifiers": { "a": { "mean": [0, 0, 0], "standardDeviation": [1, 0, 1] } } }""", "must be three numbers each")]
    public void A_preparation_that_cannot_be_is_refused(string json, string words)
    {
        var recipe = Recipes.Load<PurifierRecipe>(Write(json));

        var fault = Assert.Throws<ArgumentException>(recipe.Validate);

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
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
    public void A_recipe_that_extends_another_is_the_one_written_out()
    {
        Write("""{ "name": "base", "batchSize": 16, "network": { "patchSize": 4, "encoderWidth": 64 }, "pairs": { "attacks": [ { "kind": "fgsm" }, { "kind": "pgd" } ] } }""", "base.json");
        Write("""{ "extends": "base.json", "name": "middle", "network": { "encoderWidth": 32 } }""", "middle.json");
        var path = Write("""{ "extends": "middle.json", "name": "end", "pairs": { "attacks": [ { "kind": "bim" } ] }, "loss": { "kind": "mlm" } }""");
        var whole = Write("""{ "name": "end", "batchSize": 16, "network": { "patchSize": 4, "encoderWidth": 32 }, "pairs": { "attacks": [ { "kind": "bim" } ] }, "loss": { "kind": "mlm" } }""", "whole.json");

        Assert.Equal(Recipes.Hash(Recipes.Load<PurifierRecipe>(whole)), Recipes.Hash(Recipes.Load<PurifierRecipe>(path)));
    }

    [Theory]
    [InlineData("""{ "extends": "recipe.json" }""", "extends itself")]
    [InlineData("""{ "extends": 3 }""", "'extends' must be the path of a recipe file")]
    public void Recipes_that_cannot_be_extended_are_refused(string text, string words)
    {
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => Recipes.Load<PurifierRecipe>(Write(text))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_basis_is_named_with_the_file_that_wants_it()
    {
        var path = Write("""{ "extends": "absent.json" }""");

        Assert.Equal($"{path}: extends 'absent.json', which does not exist; give a recipe file by its path from this one.", Assert.Throws<FileNotFoundException>(() => Recipes.Load<PurifierRecipe>(path)).Message);
    }

    [Fact]
    public void Values_that_newer_recipes_have_leave_the_hash_of_older_ones_alone()
    {
        var json = Recipes.ToJson(new PurifierRecipe());

        Assert.DoesNotContain("disco", json, StringComparison.Ordinal);
        Assert.DoesNotContain("loss", json, StringComparison.Ordinal);
        Assert.DoesNotContain("augmentation", json, StringComparison.Ordinal);
        Assert.DoesNotContain("schedule", json, StringComparison.Ordinal);
        Assert.DoesNotContain("beta2", json, StringComparison.Ordinal);
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

    private string Write(string text, string name = "recipe.json")
    {
        var path = _folder.File(name);
        File.WriteAllText(path, text);
        return path;
    }
}
