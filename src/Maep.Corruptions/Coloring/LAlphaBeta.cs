namespace Maep.Corruptions.Coloring;

/// <summary>
/// The colour space l-alpha-beta (Ruderman, Cronin and Chiao, 1998) with the matrices of Reinhard et al. (2001): lightness, yellow-blue
/// and red-green as sums of the logarithms of cone responses. The way back uses inverses computed here, not the paper's, which are
/// rounded to four digits and do not lead back.
/// </summary>
public static class LAlphaBeta
{
    /// <summary>
    /// Cone responses below it count as it, for black has no logarithm: a tenth of a grey level. The way back then misses a colour by
    /// less than a grey level, whatever it is, and black does not outweigh the rest of an image as it would at a smaller floor.
    /// </summary>
    public const double Floor = 0.1 / 255;

    private static readonly double[,] ConesOfRgb = { { 0.3811, 0.5783, 0.0402 }, { 0.1967, 0.7244, 0.0782 }, { 0.0241, 0.1288, 0.8444 } };

    private static readonly double[,] LabOfLogCones =
    {
        { 1 / Math.Sqrt(3), 1 / Math.Sqrt(3), 1 / Math.Sqrt(3) },
        { 1 / Math.Sqrt(6), 1 / Math.Sqrt(6), -2 / Math.Sqrt(6) },
        { 1 / Math.Sqrt(2), -1 / Math.Sqrt(2), 0 },
    };

    private static readonly double[,] RgbOfCones = Inverse(ConesOfRgb);
    private static readonly double[,] LogConesOfLab = Inverse(LabOfLogCones);

    /// <summary>The image in l, alpha and beta.</summary>
    /// <returns>Three planes, rows first.</returns>
    public static double[] From(RgbImage image) => Mapped(Array.ConvertAll(image.Planar, value => value / 255.0), (ref double a, ref double b, ref double c) =>
    {
        Multiply(ConesOfRgb, ref a, ref b, ref c);
        (a, b, c) = (Math.Log10(Math.Max(a, Floor)), Math.Log10(Math.Max(b, Floor)), Math.Log10(Math.Max(c, Floor)));
        Multiply(LabOfLogCones, ref a, ref b, ref c);
    });

    /// <summary>Red, green and blue, 1 for white; colours that a screen cannot show lie outside [0, 1].</summary>
    /// <param name="planes">l, alpha and beta, rows first.</param>
    public static double[] ToRgb(double[] planes) => Mapped([.. planes], (ref double a, ref double b, ref double c) =>
    {
        Multiply(LogConesOfLab, ref a, ref b, ref c);
        (a, b, c) = (Math.Pow(10, a), Math.Pow(10, b), Math.Pow(10, c));
        Multiply(RgbOfCones, ref a, ref b, ref c);
    });

    private delegate void ColorMap(ref double a, ref double b, ref double c);

    private static double[] Mapped(double[] planes, ColorMap map)
    {
        var plane = planes.Length / 3;
        for (var pixel = 0; pixel < plane; pixel++)
            map(ref planes[pixel], ref planes[pixel + plane], ref planes[pixel + (2 * plane)]);
        return planes;
    }

    private static void Multiply(double[,] matrix, ref double a, ref double b, ref double c) =>
        (a, b, c) = (
            (matrix[0, 0] * a) + (matrix[0, 1] * b) + (matrix[0, 2] * c),
            (matrix[1, 0] * a) + (matrix[1, 1] * b) + (matrix[1, 2] * c),
            (matrix[2, 0] * a) + (matrix[2, 1] * b) + (matrix[2, 2] * c));

    // By cofactors, which for 3 x 3 are three products of vectors.
    private static double[,] Inverse(double[,] m)
    {
        var inverse = new double[3, 3];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                var (r1, r2, c1, c2) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3);
                inverse[column, row] = (m[r1, c1] * m[r2, c2]) - (m[r1, c2] * m[r2, c1]);
            }
        }
        var determinant = (m[0, 0] * inverse[0, 0]) + (m[0, 1] * inverse[1, 0]) + (m[0, 2] * inverse[2, 0]);
        for (var place = 0; place < 9; place++)
            inverse[place / 3, place % 3] /= determinant;
        return inverse;
    }
}
