using Google.Protobuf;
using Maep.Export.Proto;

namespace Maep.Export;

/// <summary>What an ONNX file says of itself, for telling why it cannot be loaded.</summary>
/// <param name="IrVersion">Version of the file format.</param>
/// <param name="Opset">Version of the standard operators.</param>
/// <param name="ExternalFiles">Files beside it that hold its larger weights, each once, as the model names them: relative to its folder.</param>
public sealed record OnnxHeader(long IrVersion, long Opset, IReadOnlyList<string> ExternalFiles)
{
    /// <summary>Reads a file; null where it is no ONNX file, or a damaged or truncated one.</summary>
    /// <param name="path">The file.</param>
    public static OnnxHeader? Read(string path)
    {
        ModelProto model;
        try
        {
            using var stream = File.OpenRead(path);
            model = ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
        if (model.IrVersion < 1 || model.Graph is null)
            return null;
        var standard = model.OpsetImport.FirstOrDefault(opset => opset.Domain is "" or "ai.onnx")?.Version ?? 0;
        return new OnnxHeader(model.IrVersion, standard,
            [.. model.Graph.Initializer.SelectMany(weights => weights.ExternalData).Where(entry => entry.Key == "location").Select(entry => entry.Value).Distinct()]);
    }
}
