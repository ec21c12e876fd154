using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Benchmarks;

/// <summary>Reads purified rows one after another, as a consumer of the column does.</summary>
internal abstract class RowReader
{
    /// <summary>Reads all rows, from the opening of a cursor to its end.</summary>
    public abstract void Read();

    /// <summary>The row read last: planar RGB in [0, 1].</summary>
    public abstract float[] Last();
}

/// <summary>Reads a column of a view with one cursor for each pass, and one value, which the getter may reuse.</summary>
internal abstract class ColumnReader<TValue>(IDataView view) : RowReader
{
    private TValue _value = default!;

    protected TValue Value => _value;

    public override void Read()
    {
        var column = view.Schema[RowSource.Column];
        using var cursor = view.GetRowCursor([column]);
        var getter = cursor.GetGetter<TValue>(column);
        while (cursor.MoveNext())
        {
            getter(ref _value);
        }
    }
}

internal sealed class VectorReader(IDataView view) : ColumnReader<VBuffer<float>>(view)
{
    public override float[] Last() => [.. Value.DenseValues()];
}

internal sealed class ImageReader(IDataView view) : ColumnReader<MLImage>(view)
{
    public override float[] Last()
    {
        int[] order = Value.PixelFormat == MLPixelFormat.Rgba32 ? [0, 1, 2] : [2, 1, 0];
        var bytes = Value.Pixels.ToArray();
        return [.. order.SelectMany(channel => Enumerable.Range(0, bytes.Length / 4).Select(pixel => bytes[4 * pixel + channel] / 255f))];
    }
}

/// <summary>Runs ONNX Runtime on the same tensors until they make the rows; the rows are a multiple of the batch.</summary>
internal sealed class SessionReader : RowReader, IDisposable
{
    private static readonly string[] InputNames = [PurifierModel.InputName];
    private static readonly string[] OutputNames = [PurifierModel.OutputName];

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue[] _input;
    private readonly OrtValue[] _output;
    private readonly float[] _purified;
    private readonly int _batch;
    private readonly int _rows;

    public SessionReader(int size, int batch, int rows)
    {
        long[] shape = [batch, 3, size, size];
        float[] images = [.. RowSource.Vectors(size, batch).SelectMany(row => row)];
        _batch = batch;
        _rows = rows;
        _purified = new float[images.Length];
        _session = new InferenceSession(PurifierModel.For(size));
        _input = [OrtValue.CreateTensorValueFromMemory(images, shape)];
        _output = [OrtValue.CreateTensorValueFromMemory(_purified, shape)];
    }

    public override void Read()
    {
        for (var read = 0; read < _rows; read += _batch)
        {
            _session.Run(_options, InputNames, _input, OutputNames, _output);
        }
    }

    public override float[] Last() => _purified[^(_purified.Length / _batch)..];

    public void Dispose()
    {
        _input[0].Dispose();
        _output[0].Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
