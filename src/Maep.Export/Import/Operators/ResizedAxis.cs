namespace Maep.Export.Import.Operators;

/// <summary>How the places of a resized axis come from those of the original (ONNX, Resize).</summary>
/// <param name="Length">Places of the original.</param>
/// <param name="Size">Places of the result.</param>
/// <param name="Scale">Result over original.</param>
internal sealed record ResizedAxis(long Length, long Size, double Scale)
{
    /// <summary>"nearest", "linear" or "cubic".</summary>
    public required string Mode { get; init; }

    /// <summary>Which point of the original a place of the result stands for.</summary>
    public required string Coordinates { get; init; }

    /// <summary>Which way a point is rounded to a place.</summary>
    public required string Nearest { get; init; }

    /// <summary>The a of the cubic kernel (Keys, 1981).</summary>
    public double CubicCoefficient { get; init; } = -0.75;

    /// <summary>Whether places outside weigh nothing instead of repeating the edge.</summary>
    public bool ExcludesOutside { get; init; }

    /// <summary>Whether a shrinking axis is smoothed over all the places that one stands for.</summary>
    public bool Antialias { get; init; }

    /// <summary>Part of the axis that is kept, for crops.</summary>
    public (double Start, double End) Region { get; init; } = (0, 1);

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity => Size == Length && Scale == 1 && Region == (0, 1);

    /// <summary>What cannot be computed; null for nothing.</summary>
    public string? Fault => Mode is not ("nearest" or "linear" or "cubic") ? $"has the mode '{Mode}'; nearest, linear or cubic expected"
        : Coordinates is not ("half_pixel" or "half_pixel_symmetric" or "pytorch_half_pixel" or "align_corners" or "asymmetric" or "tf_half_pixel_for_nn" or "tf_crop_and_resize") ? $"has the coordinates '{Coordinates}', which are not known"
        : Nearest is not ("round_prefer_floor" or "round_prefer_ceil" or "floor" or "ceil") ? $"rounds places by '{Nearest}', which is not known"
        : Length == 0 ? "resizes an axis that has no places" : null;

    /// <summary>The nearest place of the original for each of the result.</summary>
    public long[] Places() => [.. Enumerable.Range(0, (int)Size).Select(place => Math.Clamp(Rounded(Point(place)), 0, Length - 1))];

    /// <summary>Which places of the result lie outside the original.</summary>
    public bool[] Outside() => [.. Enumerable.Range(0, (int)Size).Select(place => Point(place) < 0 || Point(place) > Length - 1)];

    /// <summary>What each place of the original weighs in each of the result: [Size, Length], row by row.</summary>
    public double[] Weights()
    {
        var weights = new double[Size * Length];
        var shrink = Antialias ? Math.Min(Scale, 1) : 1;
        var reach = (Mode == "linear" ? 1 : 2) / shrink;
        for (var place = 0; place < Size; place++)
        {
            var point = Mode == "linear" && !Antialias ? Math.Clamp(Point(place), 0, Length - 1) : Point(place);
            var row = weights.AsSpan((int)(place * Length), (int)Length);
            for (var source = (long)Math.Ceiling(point - reach); source <= point + reach; source++)
            {
                var inside = source >= 0 && source < Length;
                if (inside || !ExcludesOutside)
                    row[(int)Math.Clamp(source, 0, Length - 1)] += Kernel((source - point) * shrink);
            }
            Normalize(row);
        }
        return weights;
    }

    private static void Normalize(Span<double> row)
    {
        var sum = 0.0;
        foreach (var weight in row)
            sum += weight;
        if (sum == 0)
            return;
        for (var index = 0; index < row.Length; index++)
            row[index] /= sum;
    }

    private double Kernel(double distance)
    {
        var (d, a) = (Math.Abs(distance), CubicCoefficient);
        if (Mode == "linear")
            return Math.Max(1 - d, 0);
        return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }

    private long Rounded(float point) => (long)(Nearest switch
    {
        "round_prefer_floor" => MathF.Ceiling(point - 0.5f),
        "round_prefer_ceil" => MathF.Floor(point + 0.5f),
        "floor" => MathF.Floor(point),
        _ => MathF.Ceiling(point),
    });

    // In 32-bit floats, as ONNX Runtime does: on a tie between two places the last bit decides.
    private float Point(long place)
    {
        var (scale, last) = ((float)Scale, (float)(Length - 1));
        return Coordinates switch
        {
            "half_pixel" => (place + 0.5f) / scale - 0.5f,
            "half_pixel_symmetric" => Length / 2f * (1 - Size / (scale * Length)) + (place + 0.5f) / scale - 0.5f,
            "pytorch_half_pixel" => Size > 1 ? (place + 0.5f) / scale - 0.5f : 0,
            "align_corners" => Size > 1 ? place * last / (Size - 1) : 0,
            "asymmetric" => place / scale,
            "tf_half_pixel_for_nn" => (place + 0.5f) / scale,
            _ => Size > 1
                ? (float)Region.Start * last + place * (float)(Region.End - Region.Start) * last / (Size - 1)
                : 0.5f * (float)(Region.Start + Region.End) * last,
        };
    }
}
