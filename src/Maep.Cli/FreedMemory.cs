using System.Runtime.InteropServices;

namespace Maep.Cli;

/// <summary>
/// Makes glibc keep the memory that tensors free. By default every tensor above 32 MiB, and most smaller ones, go back to the kernel at once,
/// and the page faults of the next one cost more than the arithmetic: docs/training.md has the measurement.
/// </summary>
internal static partial class FreedMemory
{
    private const int TrimThreshold = -1;
    private const int MmapMax = -4;
    private const int ArenaMax = -8;

    /// <summary>Call before the first tensor. Does nothing where the C library is not glibc.</summary>
    public static void Keep()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Set(MmapMax, 0);                    // large blocks come from the heap, too
            _ = Set(TrimThreshold, int.MaxValue);   // and the heap does not shrink
            _ = Set(ArenaMax, 1);                   // one heap for all threads: only the first one can grow without bounds
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl has no mallopt and manages memory its own way.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
