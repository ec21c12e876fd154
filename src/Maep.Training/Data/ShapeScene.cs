using Maep.Attacks;

namespace Maep.Training.Data;

/// <summary>Red, green and blue, 0..255 where shown.</summary>
internal readonly record struct Colour(double Red, double Green, double Blue)
{
    public static Colour operator +(Colour a, Colour b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static Colour operator -(Colour a, Colour b) => new(a.Red - b.Red, a.Green - b.Green, a.Blue - b.Blue);

    public static Colour operator *(Colour a, double scale) => new(a.Red * scale, a.Green * scale, a.Blue * scale);

    /// <summary>Any colour from pale to strong: pure random red, green and blue look like neon signs.</summary>
    public static Colour Random(ref SplitMix64 random)
    {
        var strong = new Colour(random.Between(20, 235), random.Between(20, 235), random.Between(20, 235));
        var grey = new Colour(strong.Brightness, strong.Brightness, strong.Brightness);
        return grey + ((strong - grey) * random.Between(0.25, 0.95));
    }

    private double Brightness => (0.299 * Red) + (0.587 * Green) + (0.114 * Blue);

    /// <summary>Difference to the eye: brightness counts twice as much as tint.</summary>
    public double Contrast(Colour other)
    {
        var difference = this - other;
        var tint = (difference.Red * difference.Red) + (difference.Green * difference.Green) + (difference.Blue * difference.Blue);
        return Math.Sqrt((difference.Brightness * difference.Brightness) + (0.25 * tint));
    }

    /// <summary>A random colour that stands out from this one.</summary>
    public Colour Against(ref SplitMix64 random, double contrast)
    {
        Colour other;
        do
            other = Random(ref random);
        while (Contrast(other) < contrast); // ends: even against mid-grey one draw in ten or more is far enough at the contrasts used here
        return other;
    }
}

/// <summary>Where the object lies: place, size, turn, slight stretch, and what else varies its outline and texture.</summary>
internal sealed class Pose
{
    private readonly double _cosine, _sine, _stretch;

    public Pose(ref SplitMix64 random)
    {
        Radius = random.Between(8, 12.5);
        var reach = 14.5 - Radius; // keeps the object inside the image but for a tip now and then
        (CentreX, CentreY) = (15.5 + random.Between(-reach, reach), 15.5 + random.Between(-reach, reach));
        (_cosine, _sine) = Direction(ref random);
        _stretch = random.Between(0.88, 1.12);
        Period = random.Between(4.6, 6.4);
        Phase = random.Between(0, Period);
        BlobCentres = new double[6];
        for (var k = 0; k < BlobCentres.Length; k++)
            BlobCentres[k] = random.Between(-0.5, 0.5);
    }

    /// <summary>Column of the object's centre.</summary>
    public double CentreX { get; }

    /// <summary>Row of the object's centre.</summary>
    public double CentreY { get; }

    /// <summary>Half of the object's extent, in pixels.</summary>
    public double Radius { get; }

    /// <summary>Pixels from one mark of the texture to the next.</summary>
    public double Period { get; }

    /// <summary>Shift of the texture, in pixels.</summary>
    public double Phase { get; }

    /// <summary>Three centres x, y of a blob, as shares of the radius.</summary>
    public double[] BlobCentres { get; }

    /// <summary>From image column and row to the object's own axes, still in pixels.</summary>
    public (double X, double Y) ToShape(double column, double row)
    {
        var (x, y) = (column - CentreX, row - CentreY);
        return (((_cosine * x) + (_sine * y)) * _stretch, ((_cosine * y) - (_sine * x)) / _stretch);
    }

    /// <summary>A unit vector in any direction, without sine and cosine: a point of the unit disc, scaled.</summary>
    public static (double X, double Y) Direction(ref SplitMix64 random)
    {
        while (true)
        {
            var (x, y) = (random.Between(-1, 1), random.Between(-1, 1));
            var square = (x * x) + (y * y);
            if (square is > 0.01 and < 1)
                return (x / Math.Sqrt(square), y / Math.Sqrt(square));
        }
    }
}

/// <summary>Colours of object, texture marks and background, drawn without regard to the class.</summary>
internal sealed class Paint
{
    private readonly Colour _object, _mark, _near, _far;

    public Paint(ref SplitMix64 random)
    {
        _near = Colour.Random(ref random);
        _object = _near.Against(ref random, contrast: 75);
        _mark = _object.Against(ref random, contrast: 80);
        _far = _near + ((Colour.Random(ref random) - _near) * 0.35);
        Grain = random.Between(1, 7);
    }

    /// <summary>Largest noise of a pixel, of 255.</summary>
    public double Grain { get; }

    /// <param name="cloud">Texture, 0..1.</param>
    public Colour Background(double cloud) => _near + ((_far - _near) * cloud);

    /// <param name="mark">Share of the pixel that a mark covers, 0..1.</param>
    /// <param name="cloud">Texture, 0..1; mottles the object a little.</param>
    public Colour Object(double mark, double cloud) => (_object + ((_mark - _object) * mark)) * (0.94 + (0.12 * cloud));
}

/// <summary>One lamp: brightness across the image, shading of the object, and the shadow it throws.</summary>
internal sealed class Light
{
    private readonly double _x, _y, _fall, _shading;

    public Light(ref SplitMix64 random)
    {
        (_x, _y) = Pose.Direction(ref random);
        _fall = random.Between(0, 0.22);
        _shading = random.Between(0, 0.22);
        var length = random.Between(1, 3.5);
        (ShadowX, ShadowY) = (_x * length, _y * length); // the lamp stands where the light falls strongest, the shadow lies opposite
        ShadowSoftness = random.Between(2, 5);
        ShadowDepth = random.Between(0, 0.4);
    }

    /// <summary>From a shadowed pixel back to the part of the object that shades it.</summary>
    public double ShadowX { get; }

    /// <inheritdoc cref="ShadowX"/>
    public double ShadowY { get; }

    /// <summary>Width of the shadow's edge in pixels.</summary>
    public double ShadowSoftness { get; }

    /// <summary>Share of the light that the shadow takes, 0..1.</summary>
    public double ShadowDepth { get; }

    /// <summary>Brightness at a place of the image, around 1.</summary>
    public double Across(double column, double row) => 1 + (_fall * (((column - 15.5) * _x) + ((row - 15.5) * _y)) / 15.5);

    /// <summary>Brightness at a place of the object, around 1: as on a gently domed surface.</summary>
    public double OnObject(double column, double row, Pose pose) =>
        1 + (_shading * (((column - pose.CentreX) * _x) + ((row - pose.CentreY) * _y)) / pose.Radius);
}

/// <summary>Value noise of two octaves: random heights on a grid, blended smoothly in between.</summary>
internal sealed class CloudTexture
{
    private const int Cells = 12;
    private readonly double[] _coarse = new double[Cells * Cells];
    private readonly double[] _fine = new double[Cells * Cells];
    private readonly double _coarseCell, _fineCell, _fineShare;

    public CloudTexture(ref SplitMix64 random)
    {
        for (var k = 0; k < _coarse.Length; k++)
            (_coarse[k], _fine[k]) = (random.Unit(), random.Unit());
        _coarseCell = random.Between(7, 16);
        _fineCell = random.Between(3, 6);
        _fineShare = random.Between(0.2, 0.6);
    }

    /// <summary>Height at a place of the image, 0..1.</summary>
    public double At(int column, int row) =>
        (Blend(_coarse, column / _coarseCell, row / _coarseCell) * (1 - _fineShare)) +
        (Blend(_fine, column / _fineCell, row / _fineCell) * _fineShare);

    private static double Blend(double[] heights, double x, double y)
    {
        var (left, top) = ((int)x, (int)y); // at most 31 / 3 = 10, so the next node exists
        var (across, down) = (Smooth(x - left), Smooth(y - top));
        var node = (top * Cells) + left;
        var upper = heights[node] + ((heights[node + 1] - heights[node]) * across);
        var lower = heights[node + Cells] + ((heights[node + Cells + 1] - heights[node + Cells]) * across);
        return upper + ((lower - upper) * down);
    }

    private static double Smooth(double t) => t * t * (3 - (2 * t));
}
