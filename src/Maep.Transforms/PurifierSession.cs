using System.Runtime.ExceptionServices;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Transforms;

/// <summary>An ONNX Runtime session that threads may share, and that refuses calls after <see cref="Dispose"/> instead of crashing the process.</summary>
internal sealed class PurifierSession : IDisposable
{
    private static readonly string[] InputNames = [PurifierFile.InputName];
    private static readonly string[] OutputNames = [PurifierFile.OutputName];

    private readonly InferenceSession _session;
    // Runs each call on the thread that makes it; made for the first batch, which a prediction engine never has. Null on a GPU.
    private readonly Lazy<InferenceSession>? _oneThread;
    private readonly ParallelOptions _threads;
    // Kept for the life of the session: RunOptions that the collector frees during a call crash the process.
    private readonly RunOptions _runOptions = new();
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _terminating;
    private readonly Action<string> _warn;
    // Readers run, the writer disposes: no call is under way when the native session goes.
    private readonly ReaderWriterLockSlim _lifetime = new();
    private bool _disposed;
    private int _warned;

    /// <param name="file">ONNX.</param>
    /// <param name="options">Device, threads and cancellation.</param>
    /// <param name="warn">Told when the CPU stands in for a GPU, and what <see cref="WarnOnce"/> is given.</param>
    /// <exception cref="InvalidOperationException">The GPU cannot be used, and <paramref name="options"/> do not fall back.</exception>
    public PurifierSession(byte[] file, AdversarialPurifierOptions options, Action<string> warn)
    {
        _warn = warn;
        var device = options.GpuDeviceId;
        try
        {
            _session = Open(file, options.Threads, device);
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
            device = null;
            _session = Open(file, options.Threads, device);
        }
        _threads = new ParallelOptions { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount };
        _oneThread = device is not null ? null
            : _threads.MaxDegreeOfParallelism == 1 ? new(_session)
            : new(() => Open(file, threads: 1, gpuDeviceId: null));
        // ONNX Runtime looks at this before every operator, in the body of a Scan too; a cancelled transformer stays so.
        _cancellation = options.Cancellation;
        _terminating = _cancellation.Register(() => _runOptions.Terminate = true);
        Metadata = _session.ModelMetadata.CustomMetadataMap.Where(entry => entry.Key != SavedStep.Key).ToDictionary();
    }

    /// <summary>What the exporter wrote into the file's metadata_props.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    public bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Purifies a batch.</summary>
    /// <param name="images">Receives the batch from <paramref name="write"/>.</param>
    /// <param name="write">Writes an image of the batch into <paramref name="images"/>, in the layout of the session's file; called by several threads at once.</param>
    /// <param name="purified">Receives the same shape, layout and range.</param>
    /// <param name="shape">Shape of both, the number of images first.</param>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, at the latest one operator ago.</exception>
    public void Run(Memory<float> images, Action<int> write, Memory<float> purified, long[] shape)
    {
        _lifetime.EnterReadLock();
        try
        {
            ThrowIfDisposed();
            if (_oneThread is null || shape[0] == 1)
            {
                for (var image = 0; image < shape[0]; image++)
                {
                    write(image);
                }
                Run(_session, images, purified, shape);
            }
            else
            {
                RunEach(_oneThread.Value, images, write, purified, shape);
            }
        }
        finally
        {
            _lifetime.ExitReadLock();
        }
    }

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, typeof(AdversarialPurifyingTransformer));

    /// <summary>Writes a warning to the log unless one was written before.</summary>
    public void WarnOnce(string message)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            _warn(message);
        }
    }

    public void Dispose()
    {
        _terminating.Dispose(); // waits for a callback under way
        _lifetime.EnterWriteLock();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                _session.Dispose();
                if (_oneThread is { IsValueCreated: true })
                {
                    _oneThread.Value.Dispose();
                }
                _runOptions.Dispose();
            }
        }
        finally
        {
            _lifetime.ExitWriteLock();
        }
    }

    // Cores that work on an image each are faster than one call that splits every operator among them: they need not wait for one
    // another between operators, and what an image needs stays in the cache.
    private void RunEach(InferenceSession session, Memory<float> images, Action<int> write, Memory<float> purified, long[] shape)
    {
        var count = (int)shape[0];
        var length = images.Length / count;
        long[] shapeOfOne = [1, .. shape[1..]];
        var taken = 0;
        try
        {
            // One image at a time from a common count: Parallel.For alone hands out ranges, and the last one would leave cores idle.
            Parallel.For(0, Math.Min(count, _threads.MaxDegreeOfParallelism), _threads, _ =>
            {
                for (var image = Interlocked.Increment(ref taken) - 1; image < count; image = Interlocked.Increment(ref taken) - 1)
                {
                    write(image);
                    Run(session, images.Slice(image * length, length), purified.Slice(image * length, length), shapeOfOne);
                }
            });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerException!); // as one call would throw it
        }
    }

    private void Run(InferenceSession session, Memory<float> images, Memory<float> purified, long[] shape)
    {
        // The token says so before the callback that terminates calls has run, which may be on a thread that waits for a core.
        _cancellation.ThrowIfCancellationRequested();
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images, shape);
        using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, purified, shape);
        try
        {
            session.Run(_runOptions, InputNames, [input], OutputNames, [output]);
        }
        catch (OnnxRuntimeException) when (_cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(_cancellation);
        }
    }

    private static InferenceSession Open(byte[] file, int? threads, int? gpuDeviceId)
    {
        using var settings = new SessionOptions();
        if (threads is { } count)
        {
            settings.IntraOpNumThreads = count;
        }
        if (gpuDeviceId is { } device)
        {
            settings.AppendExecutionProvider_CUDA(device);
        }
        return new InferenceSession(file, settings);
    }
}
