using Google.Protobuf;
using Maep.Export.Proto;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using BFloat16 = Microsoft.ML.OnnxRuntime.BFloat16;
using Tensor = TorchSharp.torch.Tensor;

namespace Maep.Export.Import;

/// <summary>What ONNX Runtime computes from the part of a graph that some values need, node by node as written.</summary>
internal sealed class ReferenceRun : IDisposable
{
    private const int OldestOpset = 7;

    private readonly InferenceSession _session;
    private readonly ImageInput _input;
    private readonly string _source;

    /// <param name="model">The file.</param>
    /// <param name="input">The input that takes the images.</param>
    /// <param name="outputs">Values to compute.</param>
    /// <param name="decoder">Reads constants outside the file.</param>
    /// <param name="source">What errors call the file.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime refuses the graph.</exception>
    public ReferenceRun(ModelProto model, ImageInput input, IReadOnlyList<string> outputs, TensorDecoder decoder, string source)
    {
        (_input, _source) = (input, source);
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, // fused integer kernels round elsewhere than the graph says
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // faults come as exceptions
        };
        try
        {
            _session = new InferenceSession(Part(model, input, outputs, decoder).ToByteArray(), options);
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidDataException($"{source}: ONNX Runtime refuses it, so what it computes cannot be compared: {fault.Message.Split('\n')[0]}{(model.OpsetImport.Any(opset => (opset.Domain is "" or "ai.onnx") && opset.Version < OldestOpset) ? $" Opsets before {OldestOpset} are not guaranteed to run; convert the file to opset 13 (onnx.version_converter)." : "")}", fault);
        }
    }

    /// <summary>Computes the outputs; null where ONNX Runtime cannot take these images.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="reason">What it says where it cannot.</param>
    public Tensor[]? TryRun(Tensor images, out string? reason)
    {
        try
        {
            using var results = _session.Run([Value(images)]);
            reason = null;
            return [.. results.Select(Tensor)];
        }
        catch (OnnxRuntimeException fault)
        {
            reason = fault.Message.Split('\n')[0];
            return null;
        }
    }

    public void Dispose() => _session.Dispose();

    private static ModelProto Part(ModelProto model, ImageInput input, IReadOnlyList<string> outputs, TensorDecoder decoder)
    {
        var needed = GraphReach.Needed(model.Graph, outputs);
        var read = needed.SelectMany(GraphReach.Reads).ToHashSet();
        var graph = new GraphProto { Name = "part" };
        graph.Node.AddRange(model.Graph.Node.Where(needed.Contains));
        graph.Initializer.AddRange(model.Graph.Initializer.Where(constant => read.Contains(constant.Name)).Select(decoder.Inline));
        graph.Input.Add(model.Graph.Input.Single(value => value.Name == input.Name));
        graph.Output.AddRange(outputs.Select(output => new ValueInfoProto { Name = output }));
        // From version 4 of the format on, constants need not be inputs too.
        var part = new ModelProto { IrVersion = Math.Max(model.IrVersion, 4), Graph = graph };
        part.OpsetImport.AddRange(model.OpsetImport);
        return part;
    }

    private NamedOnnxValue Value(Tensor images)
    {
        var arranged = _input.Arrange(images).contiguous();
        var shape = Array.ConvertAll(arranged.shape, size => (int)size);
        var name = _input.Name;
        if (_input.Type == ElementType.Double)
            return NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(arranged.data<double>().ToArray(), shape));
        var values = arranged.data<float>().ToArray();
        return _input.Type switch
        {
            ElementType.Float16 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<Float16>(Array.ConvertAll(values, value => (Float16)value), shape)),
            ElementType.BFloat16 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<BFloat16>(Array.ConvertAll(values, value => (BFloat16)value), shape)),
            ElementType.UInt8 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(Array.ConvertAll(values, value => (byte)value), shape)),
            _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(values, shape)),
        };
    }

    private Tensor Tensor(DisposableNamedOnnxValue value)
    {
        static Tensor Floats<T>(Tensor<T> result, Converter<T, float> convert) => tensor(Array.ConvertAll(result.ToArray(), convert), [.. result.Dimensions.ToArray().Select(size => (long)size)]);
        return value.Value switch
        {
            Tensor<float> floats => Floats(floats, number => number),
            Tensor<double> doubles => Floats(doubles, number => (float)number),
            Tensor<Float16> halves => Floats(halves, number => (float)number),
            Tensor<BFloat16> halves => Floats(halves, number => (float)number),
            Tensor<byte> bytes => Floats(bytes, number => number),
            Tensor<sbyte> bytes => Floats(bytes, number => number),
            Tensor<ushort> shorts => Floats(shorts, number => number),
            Tensor<short> shorts => Floats(shorts, number => number),
            Tensor<int> whole => Floats(whole, number => number),
            Tensor<long> whole => Floats(whole, number => number),
            _ => throw new InvalidDataException($"{_source}: its value '{value.Name}' holds {value.ElementType}, numbers expected; name the output that holds the scores."),
        };
    }
}
