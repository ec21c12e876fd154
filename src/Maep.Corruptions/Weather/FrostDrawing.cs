using Maep.Corruptions.Filters;

namespace Maep.Corruptions.Weather;

/// <summary>Draws frost on glass: a film of ice that varies like clouds, and crystals that branch at 60 degrees.</summary>
internal static class FrostDrawing
{
    private const int Side = 512;
    private const int Crystals = 130;
    private const double Branching = Math.PI / 3;

    // How thick the film is at its thinnest, picture by picture: the originals, too, range from dark to almost white.
    private static readonly double[] Films = [0.02, 0.5, 0.35, 0.22, 0.1];

    // Colours of thin and thick ice; with them the pictures have about the mean and spread of the originals (docs/corruptions.md).
    private static readonly float[] Thin = [50, 92, 108];
    private static readonly float[] Thick = [236, 244, 250];

    /// <summary>One picture, the same for the same number.</summary>
    public static RgbImage Draw(int number)
    {
        var random = new RandomNumbers(0, $"frost/{number}");
        var film = PlasmaFractal.Draw(Side, 1.5, random);
        var ice = Array.ConvertAll(film, height => (float)(Films[number % Films.Length] + (0.42 * height)));
        for (var crystal = 0; crystal < Crystals; crystal++)
            Grow(ice, random.Uniform(0, Side), random.Uniform(0, Side), random.Uniform(0, 2 * Math.PI), random.Uniform(60, 170), 3, random);
        ice = LineFilter.Gaussian(0.8, deviations: 4, EdgeRule.Nearest, Side).Apply(ice);
        var picture = new byte[3 * Side * Side];
        for (var place = 0; place < picture.Length; place++)
        {
            var (channel, thickness) = (place / ice.Length, Math.Clamp(ice[place % ice.Length], 0, 1));
            picture[place] = (byte)(Thin[channel] + ((Thick[channel] - Thin[channel]) * thickness));
        }
        return new RgbImage(picture, Side, Side);
    }

    // A needle that bends a little, thins out, and throws pairs of shorter needles.
    private static void Grow(float[] ice, double row, double column, double direction, double length, int order, RandomNumbers random)
    {
        var bend = random.Uniform(-0.004, 0.004);
        var spacing = random.Uniform(3, 7);
        for (var grown = 0.0; grown < length; grown++)
        {
            var (down, across) = Math.SinCos(direction += bend);
            (row, column) = (row + down, column + across);
            Deposit(ice, row, column, (float)(0.3 * (1 - (grown / length))));
            if (order > 1 && grown % spacing < 1)
            {
                var twig = (length - grown) * random.Uniform(0.12, 0.3);
                Grow(ice, row, column, direction + Branching, twig, order - 1, random);
                Grow(ice, row, column, direction - Branching, twig, order - 1, random);
            }
        }
    }

    // Shared by the four pixels around the place; the picture is a torus.
    private static void Deposit(float[] ice, double row, double column, float amount)
    {
        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var (down, across) = ((float)(row - top), (float)(column - left));
        Add(top, left, (1 - down) * (1 - across));
        Add(top, left + 1, (1 - down) * across);
        Add(top + 1, left, down * (1 - across));
        Add(top + 1, left + 1, down * across);

        void Add(int y, int x, float share) => ice[(y & (Side - 1)) * Side + (x & (Side - 1))] += amount * share;
    }
}
