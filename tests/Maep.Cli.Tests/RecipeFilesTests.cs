using Maep.Training;
using Maep.Networks.Purifiers;

namespace Maep.Cli.Tests;

/// <summary>Every file of recipes/ is a recipe that <c>maep train</c> takes.</summary>
public sealed class RecipeFilesTests
{
    private static readonly string Root = Path.Combine(Repository.Root, "recipes");

    public static TheoryData<string> Classifiers => [.. Files().Where(file => file.StartsWith("classifier-", StringComparison.Ordinal))];

    public static TheoryData<string> Purifiers => [.. Files().Where(file => !file.StartsWith("classifier-", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Classifiers))]
    public void A_classifier_recipe_loads(string file)
    {
        var recipe = Recipes.Load<ClassifierRecipe>(Path.Combine(Root, file));

        recipe.Validate();
        Assert.Equal(Path.GetFileNameWithoutExtension(file), recipe.Name);
    }

    [Theory, MemberData(nameof(Purifiers))]
    public void A_purifier_recipe_loads_its_parts_fit_and_it_names_a_network(string file)
    {
        var recipe = Recipes.Load<PurifierRecipe>(Path.Combine(Root, file));

        recipe.Validate();
        using var network = recipe.CreateNetwork();
        Assert.EndsWith(Path.GetFileNameWithoutExtension(file).Split('/')[^1], recipe.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_recipes_would_write_one_folder()
    {
        var names = Files().Where(file => !file.StartsWith("classifier-", StringComparison.Ordinal)).Select(file => Load(file).Name).ToArray();

        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void The_ablations_change_nothing_but_what_they_are_about()
    {
        var basis = Load("maep-cifar10-eq15.json");

        foreach (var file in Files().Where(file => file.Contains('/', StringComparison.Ordinal)))
        {
            var recipe = Load(file);
            Assert.Equal(Recipes.ToJson(basis), Recipes.ToJson(recipe with { Name = basis.Name, Loss = null, MaskingRatio = basis.MaskingRatio, MaskedSteps = basis.MaskedSteps }));
        }
    }

    [Fact]
    public void Purifiers_to_compare_at_equal_budgets_learn_from_the_same_pairs()
    {
        Assert.Equal(Recipes.Hash(Load("maep-cifar10-1.json").Pairs), Recipes.Hash(Load("disco-cifar10-equal.json").Pairs));
        Assert.Equal(Recipes.Hash(Load("maep-cifar10-equal.json").Pairs), Recipes.Hash(Load("disco-cifar10-equal.json").Pairs));
        Assert.Equal(Recipes.Hash(Load("maep-cifar100.json").Pairs), Recipes.Hash(Load("disco-cifar100.json").Pairs));
        Assert.Equal(Recipes.Hash(Load("maep-cifar100-equal.json").Pairs), Recipes.Hash(Load("disco-cifar100.json").Pairs));
    }

    [Fact]
    public void Every_purifier_of_a_table_exists()
    {
        foreach (var row in PurifierTables.All.SelectMany(table => table.Rows))
        {
            if (row.IsRecipe)
                Assert.Contains(row.Source, Files());
            else if (row.Source.EndsWith(".onnx", StringComparison.Ordinal))
                Assert.True(File.Exists(ShippedModels.Path(row.Source)));
            else
                Assert.NotNull(NamedPurifiers.NameOf(row.Source));
        }
    }

    private static PurifierRecipe Load(string file) => Recipes.Load<PurifierRecipe>(Path.Combine(Root, file));

    private static IEnumerable<string> Files() => Directory.GetFiles(Root, "*.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
