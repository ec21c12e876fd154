using Maep.Evaluation.Comparison;
using Maep.Training;

namespace Maep.Evaluation.Tests.Comparison;

public sealed class TrainedRecipeTests
{
    private static readonly PurifierRecipe Recipe = new() { Name = "tiny", Training = new TrainerOptions { Steps = 200 } };

    [Theory]
    [InlineData(0, 0, "tiny: not begun, 200 steps (how long they take it says as soon as it has begun); `maep train purifier --recipe r.json --output runs/tiny`")]
    [InlineData(50, 10, "tiny: 50 of 200 steps in runs/tiny, about 30 min left; `maep train purifier --recipe r.json --output runs/tiny` goes on from there")]
    [InlineData(200, 40, "tiny: trained")]
    public void A_state_says_how_far_it_is_and_what_to_do(long steps, double minutes, string state)
    {
        Assert.Equal(state, new TrainedRecipe("r.json", Recipe, "runs/tiny", steps, minutes).State());
    }
}
