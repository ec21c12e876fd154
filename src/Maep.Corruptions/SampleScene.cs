namespace Maep.Corruptions;

/// <summary>
/// A drawn picture to show and test corruptions on where no photograph may be used: a house on a meadow, with smooth and fine parts,
/// straight and ragged edges, pale and vivid colours.
/// </summary>
public static class SampleScene
{
    private const int Side = Corruption.ImageNetSide;
    private const int Samples = 3; // a side, of each pixel

    private readonly record struct Paint(double Red, double Green, double Blue)
    {
        public static Paint operator *(Paint paint, double light) => new(paint.Red * light, paint.Green * light, paint.Blue * light);
        public static Paint operator +(Paint a, Paint b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);
    }

    /// <summary>The picture, 224 x 224 pixels.</summary>
    public static RgbImage Draw()
    {
        var pixels = new byte[3 * Side * Side];
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            var sum = new Paint();
            for (var sample = 0; sample < Samples * Samples; sample++)
                sum += At((pixel % Side) + ((sample % Samples + 0.5) / Samples), (pixel / Side) + ((sample / Samples + 0.5) / Samples));
            var mean = sum * (255.0 / (Samples * Samples));
            (pixels[pixel], pixels[pixel + (Side * Side)], pixels[pixel + (2 * Side * Side)]) = (Level(mean.Red), Level(mean.Green), Level(mean.Blue));
        }
        return new RgbImage(pixels, Side, Side);
    }

    private static byte Level(double value) => (byte)(Math.Clamp(value, 0, 255) + 0.5);

    // Front to back; x to the right and y down, in pixels.
    private static Paint At(double x, double y) => Fence(x, y) ?? Tree(x, y) ?? House(x, y) ?? (y > 138 ? Meadow(x, y) : Hills(x, y) ?? Sky(x, y));

    private static Paint? Fence(double x, double y)
    {
        if (y is < 168 or > 202)
            return null;
        var board = (x + 4) % 14;
        var tip = 168 + (Math.Abs(board - 4.5) * 1.1);
        var onBoard = board < 9 && y > tip;
        var onRail = y is > 178 and < 182 or > 192 and < 196;
        return onBoard ? new Paint(0.93, 0.9, 0.82) * (1 - (0.05 * board / 9)) : onRail ? new Paint(0.7, 0.66, 0.58) : null;
    }

    private static Paint? Tree(double x, double y)
    {
        if (x is > 46 and < 55 && y is > 105 and < 166)
            return new Paint(0.36, 0.24, 0.14) * (0.8 + (0.4 * Grain(x / 1.5, y / 6)));
        var (across, down) = ((x - 50) / 38, (y - 82) / 40);
        var ragged = 1 - (0.28 * Grain(x / 5, y / 5));
        var leaf = Grain(x / 2.2, y / 2.2);
        return (across * across) + (down * down) < ragged ? new Paint(0.1 + (0.22 * leaf), 0.28 + (0.42 * leaf), 0.08 + (0.1 * leaf)) : null;
    }

    private static Paint? House(double x, double y)
    {
        if (y is > 62 and < 98 && Math.Abs(x - 150) < (y - 62) * 1.5 + 4)
            return new Paint(0.72, 0.16, 0.1) * (0.75 + (0.25 * ((int)(y / 4.5) % 2)) + (0.12 * Grain(x / 3, y / 4.5)));
        if (x is < 104 or > 196 || y is < 98 or > 160)
            return null;
        if (x is > 140 and < 160 && y > 122)
            return new Paint(0.12, 0.26, 0.52) * (x is > 155 and < 157 && y is > 140 and < 143 ? 3 : 1);
        var inWindow = y is > 108 and < 130 && (x is > 112 and < 132 or > 168 and < 188);
        var frame = (x + 8) % 56 is var place && (Math.Abs(place - 18) < 1 || Math.Abs(y - 119) < 1);
        return inWindow ? (frame ? new Paint(1, 1, 1) : new Paint(0.98, 0.82, 0.3)) : new Paint(0.94, 0.84, 0.66) * ((y % 6 < 0.8 || (x + ((int)(y / 6) % 2 * 6)) % 12 < 0.8) ? 0.82 : 1);
    }

    private static Paint Meadow(double x, double y)
    {
        var blade = Grain(x / 1.3, y / 4);
        var flower = Grain(Math.Floor(x / 5) * 7.3, Math.Floor(y / 5) * 3.1) > 0.86 && Math.Abs((x % 5) - 2.5) + Math.Abs((y % 5) - 2.5) < 2;
        return flower ? new Paint(0.93, 0.35, 0.62) : new Paint(0.2 + (0.15 * blade), 0.45 + (0.25 * blade), 0.12) * (0.7 + ((y - 138) / 220));
    }

    private static Paint? Hills(double x, double y) =>
        y > 112 + (9 * Math.Sin(x / 23)) + (4 * Math.Sin(x / 9)) ? new Paint(0.36, 0.5, 0.42)
        : y > 92 + (13 * Math.Sin((x + 60) / 31)) ? new Paint(0.5, 0.6, 0.66) : null;

    private static Paint Sky(double x, double y)
    {
        var (across, down) = (x - 186, y - 30);
        if ((across * across) + (down * down) < 15 * 15)
            return new Paint(1, 0.93, 0.55);
        var cloud = Math.Clamp(((Grain(x / 34, y / 13) * 0.6) + (Grain(x / 13, y / 6) * 0.4) - 0.5) * 4, 0, 1);
        return (new Paint(0.3, 0.56, 0.9) + (new Paint(0.42, 0.28, 0.08) * (y / 120))) * (1 - cloud) + (new Paint(0.97, 0.97, 0.99) * cloud);
    }

    // Smooth noise from 0 to 1: values of whole places, mixed in between.
    private static double Grain(double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (across, down) = (Eased(x - left), Eased(y - top));
        return Mix(Mix(Whole(left, top), Whole(left + 1, top), across), Mix(Whole(left, top + 1), Whole(left + 1, top + 1), across), down);
    }

    private static double Whole(int x, int y) => new SplitMix64((ulong)(uint)x, (uint)y).Unit();

    private static double Eased(double share) => share * share * (3 - (2 * share));

    private static double Mix(double a, double b, double share) => a + ((b - a) * share);
}
