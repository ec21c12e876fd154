using Maep.Networks.Purifiers;
using Maep.Training.Data;

namespace Maep.Evaluation;

/// <summary>How many images are attacked together, which memory limits.</summary>
public static class AttackBatch
{
    private const long Pixels = 400_000;
    private const long Most = 100;

    /// <summary>100 of CIFAR's size, fewer of larger ones, whose tiles count.</summary>
    /// <param name="images">The images.</param>
    /// <param name="purifier">What they are attacked through; null where only a classifier is attacked.</param>
    public static int Size(LabelledImages images, Purifier? purifier = null) =>
        (int)Math.Clamp(Pixels / (purifier?.PixelsOf(images.Height, images.Width) ?? (long)images.Height * images.Width), 1, Most);
}
