namespace Maep.Attacks.Tests;

public sealed class RaysAttackTests
{
    [Fact]
    public void Blocks_are_all_signs_then_halves_then_quarters_down_to_single_signs_for_ever()
    {
        var blocks = RayBlocks.Of(6).Take(1 + 2 + 3 + 6 + 6).ToArray();

        Assert.Equal([(0, 6), (0, 3), (3, 3), (0, 2), (2, 2), (4, 2)], blocks[..6].Select(block => ((int)block.Start, (int)block.Length)));
        Assert.All(blocks[6..], block => Assert.Equal(1, block.Length));
        Assert.Equal([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], blocks[6..].Select(block => (int)block.Start));
    }

    [Fact]
    public void Options_list_every_fault_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new RaysOptions { Epsilon = 8, Queries = 0 }.Validate());

        Assert.Equal("Epsilon 8 is above 1, the whole pixel range; give it on [0, 1], for example 8/255. Queries 0 must be at least 1.", error.Message);
    }
}
