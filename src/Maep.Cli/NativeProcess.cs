using System.Runtime.InteropServices;

namespace Maep.Cli;

/// <summary>
/// Settings of the C library that suit tensors. By default glibc gives every large tensor back to the kernel at once,
/// and the page faults of the next one cost more than the arithmetic: docs/training.md has the measurement.
/// </summary>
internal static partial class NativeProcess
{
    private const int TrimThreshold = -1;
    private const int MmapMax = -4;
    private const int ArenaMax = -8;

    /// <summary>Call before the first tensor. Does nothing where the C library is not glibc.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetAllocator(MmapMax, 0);                   // large blocks come from the heap, too
            _ = SetAllocator(TrimThreshold, int.MaxValue);  // and the heap does not shrink
            _ = SetAllocator(ArenaMax, 1);                  // one heap for all threads: only the first can grow without bounds
            _ = SetVariable("TORCH_CPP_LOG_LEVEL", "ERROR", 0); // libtorch warns about NNPACK on every processor without it
        }
        catch (Exception fault) when (fault is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl has no mallopt and manages memory its own way.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
