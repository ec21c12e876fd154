using System.Diagnostics;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

/// <summary>What eng/torchsharp.targets does to the library: without it garbage collections during this arithmetic end in exceptions, about one in fourteen of them.</summary>
public sealed class TorchSharpLifetimeTests
{
    private const int Sums = 20_000;

    [Fact]
    public void The_library_is_compiled_so_that_arguments_outlive_the_calls_they_are_handed_to()
    {
        var modes = typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>();

        Assert.True(modes?.IsJITOptimizerDisabled, "eng/torchsharp.targets no longer finds the attribute; see what this release of TorchSharp has there.");
    }

    [Fact]
    public void Garbage_collections_during_arithmetic_do_no_harm()
    {
        using var ones = torch.ones(16);
        using var done = new ManualResetEventSlim();
        var collector = new Thread(() =>
        {
            while (!done.Wait(0))
                GC.Collect(0);
        });
        collector.Start();

        try
        {
            for (var sum = 0; sum < Sums; sum++)
            {
                using var next = ones + (double)sum;
                using var first = next[0];
                Assert.Equal(sum + 1f, first.item<float>());
            }
        }
        finally
        {
            done.Set();
            collector.Join();
        }
    }
}
