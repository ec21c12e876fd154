namespace Maep.Networks.Purifiers;

/// <summary>A purifier that learned nothing and so needs no file: a name with its setting says all. [N, 3, H, W] in [0, 1] to the same, any H and W.</summary>
/// <param name="name">Name and setting, as <see cref="NamedPurifiers"/> reads it: "jpeg:75".</param>
public abstract class UntrainedPurifier(string name) : Purifier(name)
{
    /// <summary>Name and setting, as <see cref="NamedPurifiers"/> reads it.</summary>
    public override string Name { get; } = name;
}
