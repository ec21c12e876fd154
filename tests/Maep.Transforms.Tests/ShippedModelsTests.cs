using Microsoft.ML;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Purifiers inside the library are found by name, with no file at all.</summary>
public sealed class ShippedModelsTests
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<string> Names => [.. PurifierModels.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_stands_for_a_path(string name)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(3));
        using var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", name).Fit(data);

        Assert.Equal(name, transformer.ModelMetadata["maep.name"]);
        Assert.All(ReadVectors(transformer.Transform(data), "Purified"), vector => Assert.All(vector, value => Assert.InRange(value, 0, 1)));
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        Assert.Contains(PurifierModels.MaepCifar10, Assert.Throws<FileNotFoundException>(() => _context.Transforms.PurifyAdversarial("A", "B", "maep-cifar11")).Message, StringComparison.Ordinal);
        Assert.Contains(PurifierModels.MaepCifar10, Assert.Throws<ArgumentException>(() => PurifierModels.Open("maep-cifar11")).Message, StringComparison.Ordinal);
    }
}
