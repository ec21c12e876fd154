namespace Maep.Corruptions.Tests;

/// <summary>Images to corrupt.</summary>
internal static class Pictures
{
    public static readonly RgbImage Scene = SampleScene.Draw();

    public static readonly RgbImage SmallScene = Scene.Resize(32, 32);

    public static RandomNumbers Numbers(string key = "test") => new(7, key);

    public static UnitImage Flat(int side, float red, float green, float blue)
    {
        var image = new UnitImage(side);
        image.Channel(0).Fill(red);
        image.Channel(1).Fill(green);
        image.Channel(2).Fill(blue);
        return image;
    }

    public static UnitImage Flat(int side, float grey) => Flat(side, grey, grey, grey);

    /// <summary>Black but for one white pixel.</summary>
    public static UnitImage Point(int side, int row, int column)
    {
        var image = new UnitImage(side);
        for (var channel = 0; channel < 3; channel++)
            image.Channel(channel)[(row * side) + column] = 1;
        return image;
    }

    public static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }

    public static double Variance(ReadOnlySpan<float> values)
    {
        var (mean, sum) = (Mean(values), 0.0);
        foreach (var value in values)
            sum += (value - mean) * (value - mean);
        return sum / values.Length;
    }
}
