using Google.Protobuf;
using Maep.Export.Proto;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Transforms;

/// <summary>An ONNX file that keeps the contract of a purifier: float32 [N, 3, H, W] from maep.image to maep.purified, both in [0, 1].</summary>
/// <param name="Path">Where it was read from, for messages.</param>
/// <param name="Bytes">The whole file.</param>
/// <param name="Height">Rows of an image; null where the file takes any.</param>
/// <param name="Width">Columns of an image; null where the file takes any.</param>
internal sealed record PurifierFile(string Path, byte[] Bytes, int? Height, int? Width)
{
    public const string InputName = "maep.image";
    public const string OutputName = "maep.purified";

    /// <summary>Channels of every image: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Whether height or width is the caller's choice.</summary>
    public bool TakesAnySize => Height is null || Width is null;

    /// <summary>Reads and checks a file, or one of <see cref="PurifierModels"/>.</summary>
    /// <param name="path">Path of a file, or the name of a shipped purifier.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Not ONNX, or not a purifier.</exception>
    public static PurifierFile Read(string path)
    {
        var bytes = ReadAll(path);
        // Only the signature is read here, so nothing is worth optimising.
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = Open(path, bytes, options);
        var input = Tensor(path, "input", InputName, session.InputMetadata);
        var output = Tensor(path, "output", OutputName, session.OutputMetadata);
        for (var axis = 2; axis < 4; axis++)
        {
            if (output[axis] > 0 && output[axis] != input[axis])
            {
                throw Fault(path, $"output '{OutputName}' is {Shape(output)} but input '{InputName}' is {Shape(input)}; a purifier keeps the size");
            }
        }
        if (input[2] > 0 != input[3] > 0)
        {
            throw Fault(path, $"input '{InputName}' is {Shape(input)}; a purifier has height and width both fixed or both free");
        }
        return new PurifierFile(path, bytes, Size(input[2]), Size(input[3]));
    }

    private static byte[] ReadAll(string path)
    {
        if (!PurifierModels.Names.Contains(path))
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : throw new FileNotFoundException(
                $"No purifier at '{path}'; write one with `maep export`, correct modelPath, or name a shipped one: {string.Join(", ", PurifierModels.Names)}.", path);
        }
        using var shipped = PurifierModels.Open(path);
        using var copy = new MemoryStream();
        shipped.CopyTo(copy);
        return copy.ToArray();
    }

    private static InferenceSession Open(string path, byte[] bytes, SessionOptions options)
    {
        if (bytes.Length == 0)
        {
            throw Fault(path, "the file is empty");
        }
        var model = Parse(bytes);
        var external = model?.Graph.Initializer.FirstOrDefault(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External);
        if (external is not null)
        {
            var file = external.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value;
            throw new InvalidDataException(
                $"{path}: its weights ('{external.Name}' first) are in another file, '{file}'; a purifier is one file: save it with its weights inside (in Python: onnx.save(onnx.load(path), path)), or write it with `maep export`.");
        }
        try
        {
            return new InferenceSession(bytes, options);
        }
        catch (OnnxRuntimeException error) when (model is not null)
        {
            var opset = model.OpsetImport.FirstOrDefault(import => import.Domain.Length == 0)?.Version;
            throw new InvalidDataException(
                $"{path}: ONNX Runtime {OrtEnv.Instance().GetVersionString()} cannot run it ({error.Message}). The file is ONNX of IR version {model.IrVersion} and operator set {opset}; "
                + "where those are newer than ONNX Runtime, reference a newer Microsoft.ML.OnnxRuntime or export for an older one, as `maep export` does.", error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException(
                $"{path}: ONNX Runtime cannot read it ({error.Message}); it is damaged, truncated or no ONNX file: write it again with `maep export`.", error);
        }
    }

    /// <summary>The model; null where the bytes are none.</summary>
    private static ModelProto? Parse(byte[] bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes) is { Graph.Node.Count: > 0 } model ? model : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static int[] Tensor(string path, string role, string name, IReadOnlyDictionary<string, NodeMetadata> found)
    {
        var names = string.Join(", ", found.Keys.Select(key => $"'{key}'"));
        if (!found.TryGetValue(name, out var node))
        {
            throw Fault(path, $"no {role} '{name}' (found {names})");
        }
        if (found.Count > 1)
        {
            throw Fault(path, $"{found.Count} {role}s ({names}); a purifier has only '{name}'");
        }
        if (!node.IsTensor || node.ElementType != typeof(float) || node.Dimensions is not [<= 0, Channels, _, _])
        {
            var type = node.IsTensor ? $"{node.ElementType.Name} {Shape(node.Dimensions)}" : $"{node.OnnxValueType}";
            throw Fault(path, $"{role} '{name}' is {type}; a purifier has Single [N, 3, H, W] with N dynamic");
        }
        return node.Dimensions;
    }

    private static InvalidDataException Fault(string path, string fault) => new($"{path}: {fault}; export it with `maep export`.");

    private static string Shape(int[] dimensions) => $"[{string.Join(", ", dimensions.Select(size => size > 0 ? $"{size}" : "?"))}]";

    private static int? Size(int dimension) => dimension > 0 ? dimension : null;
}
