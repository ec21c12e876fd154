using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class AugmentationTests
{
    [Fact]
    public void Dihedral_gives_the_eight_views_of_a_square_and_changes_channels_alike()
    {
        using var scope = NewDisposeScope();
        var square = tensor(new float[] { 1, 2, 3, 4 }, [1, 1, 2, 2]);
        using var random = new Generator(3);

        var views = Augmentation.Dihedral(cat([square, 10 * square], 1).repeat(200, 1, 1, 1), random);

        Assert.True(views[.., 1].equal(10 * views[.., 0]).all().item<bool>());
        var seen = Enumerable.Range(0, 200).Select(index => string.Join(' ', views[index, 0].contiguous().data<float>().ToArray())).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["1 2 3 4", "1 3 2 4", "2 1 4 3", "2 4 1 3", "3 1 4 2", "3 4 1 2", "4 2 3 1", "4 3 2 1"], seen);
    }
}
