using Microsoft.ML.OnnxRuntime;

namespace Maep.Transforms;

/// <summary>An ONNX Runtime session that threads may share, and that refuses calls after <see cref="Dispose"/> instead of crashing the process.</summary>
internal sealed class PurifierSession : IDisposable
{
    private static readonly string[] InputNames = [PurifierFile.InputName];
    private static readonly string[] OutputNames = [PurifierFile.OutputName];

    private readonly InferenceSession _session;
    // Kept for the life of the session: RunOptions that the collector frees during a call crash the process.
    private readonly RunOptions _runOptions = new();
    // Readers run, the writer disposes: no call is under way when the native session goes.
    private readonly ReaderWriterLockSlim _lifetime = new();
    private bool _disposed;

    /// <param name="file">ONNX.</param>
    /// <param name="options">Device and threads.</param>
    /// <param name="warn">Told when the CPU stands in for a GPU.</param>
    /// <exception cref="InvalidOperationException">The GPU cannot be used, and <paramref name="options"/> do not fall back.</exception>
    public PurifierSession(byte[] file, AdversarialPurifierOptions options, Action<string> warn)
    {
        try
        {
            _session = Open(file, options, options.GpuDeviceId);
        }
        // The CPU package has no CUDA entry point at all; the GPU package reports a missing driver or device.
        catch (Exception error) when (options.GpuDeviceId is not null && error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            if (!options.FallbackToCpu)
            {
                throw new InvalidOperationException(
                    $"GPU {options.GpuDeviceId} cannot run {options.ModelPath} ({error.Message}); reference Microsoft.ML.OnnxRuntime.Gpu instead of Microsoft.ML.OnnxRuntime "
                    + "and install CUDA, or set fallbackToCpu: true.", error);
            }
            warn($"GPU {options.GpuDeviceId} cannot run {options.ModelPath} ({error.Message}); the CPU purifies instead, as fallbackToCpu asks.");
            _session = Open(file, options, gpuDeviceId: null);
        }
        Metadata = _session.ModelMetadata.CustomMetadataMap.Where(entry => entry.Key != SavedStep.Key).ToDictionary();
    }

    /// <summary>What the exporter wrote into the file's metadata_props.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    public bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Purifies a batch in one call.</summary>
    /// <param name="images">The batch, in the layout of the session's file.</param>
    /// <param name="purified">Receives the same shape, layout and range.</param>
    /// <param name="shape">Shape of both, the number of images first.</param>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void Run(Memory<float> images, Memory<float> purified, long[] shape)
    {
        _lifetime.EnterReadLock();
        try
        {
            ThrowIfDisposed();
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images, shape);
            using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, purified, shape);
            _session.Run(_runOptions, InputNames, [input], OutputNames, [output]);
        }
        finally
        {
            _lifetime.ExitReadLock();
        }
    }

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, typeof(AdversarialPurifyingTransformer));

    public void Dispose()
    {
        _lifetime.EnterWriteLock();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                _session.Dispose();
                _runOptions.Dispose();
            }
        }
        finally
        {
            _lifetime.ExitWriteLock();
        }
    }

    private static InferenceSession Open(byte[] file, AdversarialPurifierOptions options, int? gpuDeviceId)
    {
        using var settings = new SessionOptions();
        if (options.Threads is { } threads)
        {
            settings.IntraOpNumThreads = threads;
        }
        if (gpuDeviceId is { } device)
        {
            settings.AppendExecutionProvider_CUDA(device);
        }
        return new InferenceSession(file, settings);
    }
}
