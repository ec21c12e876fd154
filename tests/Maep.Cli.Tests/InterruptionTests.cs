using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Maep.Cli.Tests;

/// <summary>What Ctrl+C and SIGTERM do to a run.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-interruption-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_signal_cancels_the_work_and_the_second_does_what_it_does_by_itself()
    {
        using var interruption = new Interruption();
        var (first, second) = (new PosixSignalContext(PosixSignal.SIGINT), new PosixSignalContext(PosixSignal.SIGTERM));

        interruption.Stop(first);
        Assert.True(interruption.Token.IsCancellationRequested);
        interruption.Stop(second);

        Assert.True(first.Cancel);
        Assert.False(second.Cancel);
    }

    // Two attacks of a hundred steps and more on a hundred images, none of which is fooled: minutes, unless they are stopped within a batch.
    [SkippableTheory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task A_signal_stops_an_attack_within_its_batch_with_a_word_and_exit_code_1(string signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "sends signals with kill");
        Skip.If(signal == "-INT" && IgnoresInterrupts(), "SIGINT is ignored here, as shells have it for what they start in the background.");
        var classifier = Path.Combine(AppContext.BaseDirectory, "models", "classifier-shapes10.onnx");
        using var process = CommandLine.Start(_folder, "evaluate", "--data", "shapes10", "--classifier", classifier, "--protocol", "paper", "--epsilon", "0.01/255", "--samples", "100", "--threads", "1", "--output", "run");
        while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("adaptive PGD-100", StringComparison.Ordinal))
        {
        }

        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        var outcome = await CommandLine.Finish(process);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Stopping after the current step; press Ctrl+C again to exit at once.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Cancelled; what checkpoints, states and finished files hold is kept", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("AutoAttack", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "run.state.json"))); // the verdicts on clean images
    }

    // What a process ignores, those that it starts ignore too.
    private static bool IgnoresInterrupts() => File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (ulong.Parse(line.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10) != 0;
}
