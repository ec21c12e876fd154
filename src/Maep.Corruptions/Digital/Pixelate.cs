namespace Maep.Corruptions.Digital;

/// <summary>Shrinks and enlarges again with the box filter of Pillow, 8 bits at each step; a level is the size in between, as a share.</summary>
public sealed class Pixelate() : Corruption<double>("pixelate", CorruptionGroup.Digital,
    [0.6, 0.5, 0.4, 0.3, 0.25],
    [0.95, 0.9, 0.85, 0.75, 0.65])
{
    internal override UnitImage Corrupt(UnitImage clean, double level, RandomNumbers random)
    {
        var small = (int)(clean.Side * level);
        return clean.Copy().Filter(plane => Resize(Resize(plane, clean.Side, small), small, clean.Side));
    }

    private static float[] Resize(float[] plane, int side, int target)
    {
        var runs = Runs(side, target);
        return Transposed(Shrunk(Transposed(Shrunk(plane, side, runs), side, target), side, runs), target, target);
    }

    // Pillow's box: source pixels whose centres lie within half a target pixel of the target's centre, all weighed alike. Half open, so
    // that no two targets share one; enlarging repeats the nearest.
    private static (int First, int Count)[] Runs(int side, int target)
    {
        var scale = (double)side / target;
        var reach = Math.Max(scale, 1) / 2;
        var runs = new (int, int)[target];
        for (var place = 0; place < target; place++)
        {
            var centre = (place + 0.5) * scale;
            int[] inside = [.. Enumerable.Range(0, side).Where(k => k + 0.5 - centre is var offset && offset > -reach && offset <= reach)];
            runs[place] = (inside[0], inside.Length);
        }
        return runs;
    }

    // Each line of `side` values to a line of means, rounded to 8 bits.
    private static float[] Shrunk(float[] lines, int side, (int First, int Count)[] runs)
    {
        var result = new float[lines.Length / side * runs.Length];
        for (var place = 0; place < result.Length; place++)
        {
            var (first, count) = runs[place % runs.Length];
            var sum = 0f;
            foreach (var value in lines.AsSpan((place / runs.Length * side) + first, count))
                sum += value * 255;
            result[place] = MathF.Floor((sum / count) + 0.5f) / 255;
        }
        return result;
    }

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (var place = 0; place < values.Length; place++)
            result[(place % columns * rows) + (place / columns)] = values[place];
        return result;
    }
}
