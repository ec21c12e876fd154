namespace Maep.Transforms;

/// <summary>Schema faults, in the words and the exception type of ML.NET's own transforms.</summary>
internal static class ColumnErrors
{
    private const string Allowed = "an image, or Vector<Single> of length 3 x height x width";

    public static ArgumentOutOfRangeException Missing(string column, string parameter) =>
        new(parameter, $"Could not find input column '{column}'; load or compute it before the purifier, or name another as inputColumnName.");

    public static ArgumentOutOfRangeException WrongType(string column, string found, string parameter) =>
        Mismatch(column, Allowed, found, "use LoadImages, or ExtractPixels with scaleImage: 1 / 255f and interleavePixelColors: false", parameter);

    public static ArgumentOutOfRangeException Mismatch(string column, string expected, string found, string remedy, string parameter) =>
        new(parameter, $"Schema mismatch for input column '{column}': expected {expected}, got {found}; {remedy}.");
}
