using static TorchSharp.torch;

namespace Maep.Training;

/// <summary>What a network learns: it draws the batch of a step and computes the loss. A step depends on nothing but its number and the generator, so a run resumes bit for bit.</summary>
public interface ITrainingObjective
{
    /// <summary>The network that learns.</summary>
    nn.Module Model { get; }

    /// <summary>Identifies the recipe: a checkpoint of another one is refused.</summary>
    string RecipeHash { get; }

    /// <summary>The loss of one step.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="random">Seeded for this step alone.</param>
    /// <param name="metrics">Receives named parts of the loss for progress and curves.</param>
    /// <returns>Scalar with gradient.</returns>
    Tensor Loss(long step, Generator random, IDictionary<string, double> metrics);
}
