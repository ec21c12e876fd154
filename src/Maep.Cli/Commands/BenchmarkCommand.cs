using System.CommandLine;

namespace Maep.Cli.Commands;

/// <summary><c>maep benchmark</c>: one table of the documentation, measured anew.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(CancellationToken cancellation) => new("benchmark", "Measure a table of the documentation anew.")
    {
        DirectionsBenchmark.Create(cancellation),
        RecipesBenchmark.Losses(cancellation),
        RecipesBenchmark.Masking(cancellation),
        TilesBenchmark.Create(cancellation),
    };
}
