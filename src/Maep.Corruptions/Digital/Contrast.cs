using System.Numerics.Tensors;

namespace Maep.Corruptions.Digital;

/// <summary>Draws each channel towards its mean; a level is the factor of the distances from it.</summary>
public sealed class Contrast() : Corruption<float>("contrast", CorruptionGroup.Digital,
    [0.4f, 0.3f, 0.2f, 0.1f, 0.05f],
    [0.75f, 0.5f, 0.4f, 0.3f, 0.15f])
{
    internal override UnitImage Corrupt(UnitImage clean, float level, RandomNumbers random)
    {
        var image = clean.Copy();
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Channel(channel);
            var mean = TensorPrimitives.Sum<float>(plane) / plane.Length;
            foreach (ref var value in plane)
                value = ((value - mean) * level) + mean;
        }
        return image;
    }
}
