using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>A purifier that learned nothing and so needs no file: a name with its setting says all. [N, 3, H, W] in [0, 1] to the same, any H and W.</summary>
/// <param name="name">Name and setting, as <see cref="NamedPurifiers"/> reads it: "jpeg:75".</param>
public abstract class UntrainedPurifier(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Name and setting, as <see cref="NamedPurifiers"/> reads it.</summary>
    public string Name { get; } = name;

    /// <summary>What stands for its gradient, as records print it; null where gradients are exact.</summary>
    public virtual string? GradientStandIn => null;

    /// <summary>Whether it searches while it purifies, which misleads attacks that do not follow the search (Croce et al., 2022).</summary>
    public virtual bool OptimisesAtTestTime => false;
}
