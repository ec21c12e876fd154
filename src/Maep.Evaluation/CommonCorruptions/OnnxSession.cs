using System.Globalization;
using System.Text.RegularExpressions;
using Maep.Export;
using Microsoft.ML.OnnxRuntime;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Opens ONNX files of others, and says what keeps one from being opened.</summary>
internal static partial class OnnxSession
{
    /// <summary>A session on a file and, where it has such, on the files of its weights beside it; the caller disposes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">CPU threads.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime does not take it; the message says whether it is damaged, too new, incomplete or of unknown operators.</exception>
    public static InferenceSession Open(string path, int threads)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; give a classifier as .onnx, or a saved ML.NET pipeline as .zip.", path);
        using var settings = new SessionOptions { IntraOpNumThreads = threads };
        try
        {
            return new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{path}: {Reason(path, error.Message)}", error);
        }
    }

    /// <summary>Inputs or outputs as errors list them.</summary>
    public static string Listed(IReadOnlyDictionary<string, NodeMetadata> nodes) => string.Join(", ", nodes.Select(node =>
        $"'{node.Key}' {(node.Value.IsTensor ? $"{node.Value.ElementType.Name} [{string.Join(", ", node.Value.Dimensions.Select(size => size > 0 ? $"{size}" : "?"))}]" : Kind(node.Value.OnnxValueType))}"));

    private static string Kind(OnnxValueType type) => type switch
    {
        OnnxValueType.ONNX_TYPE_SEQUENCE => "a sequence",
        OnnxValueType.ONNX_TYPE_MAP => "a map",
        _ => $"{type}",
    };

    private static string Reason(string path, string message)
    {
        if (OnnxHeader.Read(path) is not { } header)
            return $"ONNX Runtime cannot read it ({message}); it is damaged, truncated or no ONNX file.";
        var (folder, runtime) = (Path.GetDirectoryName(Path.GetFullPath(path))!, $"this tool's ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
        if (LargestIr().Match(message) is { Success: true, Groups: [_, var ir] })
            return string.Create(CultureInfo.InvariantCulture, $"it is of ONNX IR version {header.IrVersion}, and {runtime} takes up to {ir.Value}; export it for an older version (in Python: model.ir_version = {ir.Value} and onnx.save), if its operators allow it.");
        if (LargestOpset().Match(message) is { Success: true, Groups: [_, var opset] })
            return string.Create(CultureInfo.InvariantCulture, $"it is of opset {header.Opset}, and {runtime} takes up to {opset.Value}; export it with opset {opset.Value} or less, or convert it with onnx.version_converter.");
        if (header.ExternalFiles.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file))) is { } missing)
            return $"a part of its weights is in another file, '{missing}', which is missing beside it; put {string.Join(", ", header.ExternalFiles.Select(file => $"'{file}'"))} into {folder}, or save the model as one file.";
        return string.Create(CultureInfo.InvariantCulture, $"{runtime} does not take it (IR version {header.IrVersion}, opset {header.Opset}): {message}. The file itself can be read; export it with operators that ONNX Runtime knows.");
    }

    [GeneratedRegex(@"max supported IR version: (\d+)")]
    private static partial Regex LargestIr();

    [GeneratedRegex(@"official support for domain (?:ai\.onnx )?is till opset (\d+)")]
    private static partial Regex LargestOpset();
}
