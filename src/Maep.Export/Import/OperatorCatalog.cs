using Maep.Export.Import.Operators;

namespace Maep.Export.Import;

/// <summary>Every operator that can be computed; a new one is a file in Operators and a line here.</summary>
internal static class OperatorCatalog
{
    private static readonly Dictionary<(string Domain, string Name), Operator[]> Revisions = new IEnumerable<Operator>[]
    {
        Activations.All, Attentions.All, BinaryMath.All, Casting.All, Comparisons.All, Convolutions.All, Extremes.All, Gathering.All, Generators.All, Joining.All,
        MatrixProducts.All, MicrosoftFusions.All, MicrosoftQuantized.All, Normalizations.All, Padding.All, Pooling.All, Quantization.All,
        QuantizedProducts.All, Reductions.All, Reshaping.All, Resizing.All, Slicing.All, Softmaxes.All, UnaryMath.All,
    }.SelectMany(family => family).GroupBy(revision => (revision.Domain, revision.Name)).ToDictionary(group => group.Key, group => group.OrderBy(revision => revision.Since).ToArray());

    /// <summary>Every revision of every operator.</summary>
    public static IEnumerable<Operator> All => Revisions.Values.SelectMany(revisions => revisions);

    /// <summary>The revisions of an operator, oldest first; none for an unknown one.</summary>
    public static IReadOnlyList<Operator> Find(string domain, string name) => Revisions.GetValueOrDefault((domain, name)) ?? [];

    /// <summary>The newest revision of an operator that is not above the file's opset; null where there is none.</summary>
    public static Operator? Find(string domain, string name, long opset) => Find(domain, name).LastOrDefault(revision => revision.Since <= opset);
}
