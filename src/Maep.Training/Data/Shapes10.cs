using Maep.Attacks;

namespace Maep.Training.Data;

/// <summary>
/// A made-up set of ten classes of 32 x 32 colour images, for trying things where no photographs are at hand: seven outlines and three
/// textures under random colour, pose, light, background and noise, so that no single pixel tells the class.
/// </summary>
/// <remarks>The same count and seed give the same bytes on every machine: integer randomness, and of floating point only the operations that IEEE 754 rounds exactly.</remarks>
public static class Shapes10
{
    /// <summary>Rows and columns of every image, as in CIFAR.</summary>
    public const int ImageSize = 32;

    private const int Plane = ImageSize * ImageSize;
    private const int FirstTexture = 7;

    /// <summary>The ten classes, in index order.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["disc", "ring", "square", "triangle", "cross", "star", "crescent", "stripes", "checker", "dots"];

    /// <summary>Draws images one class after the other, so every prefix is balanced, and image i is the same whatever the count.</summary>
    /// <param name="count">Number of images, 0 to 699,050 (what one array of bytes holds).</param>
    /// <param name="seed">Any number; train and test sets take different ones.</param>
    /// <returns>A set called "shapes10".</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or too large.</exception>
    public static LabelledImages Generate(int count, ulong seed)
    {
        var most = Array.MaxLength / (3 * Plane);
        if (count < 0 || count > most)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Shapes10 draws 0..{most} images at once; ask for fewer, with another seed for each part.");
        var pixels = new byte[count * 3 * Plane];
        var labels = new int[count];
        for (var image = 0; image < count; image++)
        {
            labels[image] = image % ClassNames.Count;
            Draw(labels[image], new SplitMix64(seed, (ulong)image), pixels.AsSpan(image * 3 * Plane, 3 * Plane));
        }
        return new LabelledImages("shapes10", pixels, labels, ImageSize, ImageSize, ClassNames);
    }

    private static void Draw(int label, SplitMix64 random, Span<byte> pixels)
    {
        var pose = new Pose(ref random);
        var paint = new Paint(ref random);
        var light = new Light(ref random);
        var ground = new CloudTexture(ref random);
        for (var row = 0; row < ImageSize; row++)
        {
            for (var column = 0; column < ImageSize; column++)
            {
                var (x, y) = pose.ToShape(column, row);
                var (shadowX, shadowY) = pose.ToShape(column + light.ShadowX, row + light.ShadowY);
                var shape = Coverage(Outline(label, x, y, pose), softness: 1);
                var mark = label < FirstTexture ? 0 : Coverage(Mark(label, x, y, pose), softness: 1);
                var shadow = Coverage(Outline(label, shadowX, shadowY, pose), light.ShadowSoftness) * light.ShadowDepth;
                var cloud = ground.At(column, row);
                var behind = paint.Background(cloud) * (light.Across(column, row) * (1 - shadow));
                var front = paint.Object(mark, cloud) * (light.Across(column, row) * light.OnObject(column, row, pose));
                Store(behind + ((front - behind) * shape), paint.Grain, ref random, pixels[((row * ImageSize) + column)..]);
            }
        }
    }

    private static double Outline(int label, double x, double y, Pose pose) => label switch
    {
        0 => ShapeOutline.Disc(x, y, pose.Radius),
        1 => ShapeOutline.Ring(x, y, pose.Radius),
        2 => ShapeOutline.Square(x, y, pose.Radius),
        3 => ShapeOutline.Triangle(x, y, pose.Radius),
        4 => ShapeOutline.Cross(x, y, pose.Radius),
        5 => ShapeOutline.Star(x, y, pose.Radius),
        6 => ShapeOutline.Crescent(x, y, pose.Radius),
        _ => ShapeOutline.Blob(x, y, pose.Radius, pose.BlobCentres),
    };

    private static double Mark(int label, double x, double y, Pose pose) => label switch
    {
        7 => ShapeOutline.Stripes(x + pose.Phase, pose.Period),
        8 => ShapeOutline.Checker(x + pose.Phase, y + pose.Phase, 1.2 * pose.Period),
        _ => ShapeOutline.Dots(x + pose.Phase, y + pose.Phase, pose.Period),
    };

    // Share of a pixel inside an edge at this distance: what anti-aliasing would measure, for edges wider than a pixel.
    private static double Coverage(double distance, double softness) => Math.Clamp(0.5 - (distance / softness), 0, 1);

    // One draw of 64 bits a pixel: 16 bits of light noise common to the channels, 16 bits of noise for each channel.
    private static void Store(Colour colour, double grain, ref SplitMix64 random, Span<byte> pixel)
    {
        var bits = random.Next();
        var common = Signed(bits) * grain;
        pixel[0] = ToByte(colour.Red + common + (Signed(bits >> 16) * grain));
        pixel[Plane] = ToByte(colour.Green + common + (Signed(bits >> 32) * grain));
        pixel[2 * Plane] = ToByte(colour.Blue + common + (Signed(bits >> 48) * grain));
    }

    private static double Signed(ulong bits) => ((bits & 0xFFFF) * (2.0 / 65535)) - 1;

    private static byte ToByte(double value) => (byte)(Math.Clamp(value, 0, 255) + 0.5);
}
