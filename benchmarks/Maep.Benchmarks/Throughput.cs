using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Maep.Benchmarks;

/// <summary>Runs every workload in a process of its own under BenchmarkDotNet and writes <c>throughput.md</c> and <c>.json</c>.</summary>
internal static class Throughput
{
    public static void Run(RunFacts facts, string folder)
    {
        ContenderCheck.Run();
        var allocations = Allocation.Measure();

        var summary = BenchmarkRunner.Run<ColumnBenchmarks>(Configuration());
        Measurement[] measurements = [.. summary.Reports.Where(report => report.Success).Select(Read)];
        if (measurements.Length < Workload.All.Count)
        {
            throw new InvalidOperationException(
                $"{Workload.All.Count - measurements.Length} of {Workload.All.Count} workloads gave no measurement; BenchmarkDotNet's log above says why.");
        }

        var record = new ThroughputRecord(facts, Goal.Judge(measurements, allocations), measurements, allocations);
        RunFacts.Write(folder, "throughput", record, record.ToMarkdown());
    }

    /// <summary>A short job: four passes for each workload.</summary>
    private static ManualConfig Configuration() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithWarmupCount(1)
            .WithIterationCount(4)
            .WithInvocationCount(1)
            .WithUnrollFactor(1)
            .WithEvaluateOverhead(false)) // an empty call takes nanoseconds, a pass about a second
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(ConsoleLogger.Default)
        .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));

    private static Measurement Read(BenchmarkReport report)
    {
        var workload = (Workload)report.BenchmarkCase.Parameters[nameof(ColumnBenchmarks.Workload)];
        var statistics = report.ResultStatistics!; // there is one where the report is a success
        return new Measurement(workload, PerSecond(statistics.Median), PerSecond(statistics.Max), PerSecond(statistics.Min),
            report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
    }

    private static double PerSecond(double nanoseconds) => 1e9 / nanoseconds;
}
