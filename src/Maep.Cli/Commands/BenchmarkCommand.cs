using System.CommandLine;

namespace Maep.Cli.Commands;

/// <summary><c>maep benchmark</c>: one table of the documentation, measured anew.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command("benchmark", "Measure a table of the documentation anew.")
        {
            DirectionsBenchmark.Create(cancellation),
            TilesBenchmark.Create(cancellation),
        };
        foreach (var table in PurifierTables.All)
            command.Add(TableBenchmark.Create(table, cancellation));
        return command;
    }
}
