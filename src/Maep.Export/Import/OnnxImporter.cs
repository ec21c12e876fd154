using Google.Protobuf;
using Maep.Export.Proto;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>Opens the ONNX file of any image classifier as a network with gradients, and makes sure that it computes what ONNX Runtime does.</summary>
public static class OnnxImporter
{
    // Tried where the file takes any size: small ones are quick, deep networks need large ones.
    private static readonly long[] Sides = [64, 224, 32, 28, 299, 96, 128, 256, 384, 512];

    /// <summary>Opens a file; its external data may lie in its folder.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="output">Name of the output with the scores; null to find it.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Damaged, no image classifier, with an operator that is unknown, or ONNX Runtime computes something else.</exception>
    public static ImportedNetwork Open(string path, string? output = null)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; give an ONNX file of an image classifier.", path);
        if (new FileInfo(path).Length is var length && length > int.MaxValue)
            throw new InvalidDataException($"{path}: has {length} bytes; at most 2 GiB can be read. Save its weights as external data (onnx.save_model with save_as_external_data).");
        return Open(File.ReadAllBytes(path), path, Path.GetDirectoryName(Path.GetFullPath(path)), output);
    }

    /// <summary>Opens a file that was read already.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="folder">Folder of its external data; null where it has none.</param>
    /// <param name="output">Name of the output with the scores; null to find it.</param>
    /// <inheritdoc cref="Open(string, string?)" path="/exception"/>
    public static ImportedNetwork Open(byte[] bytes, string source, string? folder = null, string? output = null)
    {
        try
        {
            return Open(ModelProto.Parser.ParseFrom(bytes), source, folder, output);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new InvalidDataException($"{source}: not a complete ONNX file ({bytes.Length} bytes); export it again.", fault);
        }
    }

    /// <summary>Opens a parsed file.</summary>
    internal static ImportedNetwork Open(ModelProto model, string source, string? folder, string? output = null)
    {
        if (model.Graph is not { Node.Count: > 0 } graph)
            throw new InvalidDataException($"{source}: it holds no network: the file is empty, cut off, or of another kind; export it again, with `maep export` if it is one of ours.");
        using var scope = NewDisposeScope();
        var isBinary = BinaryHead.Apply(graph);
        var decoder = new TensorDecoder(source, folder);
        var scores = ScoresOutput.Of(graph, output, source);
        var input = ImageInput.Of(graph, scores.Name, source);
        var program = new NetworkCompiler(model, source, decoder).Compile([input.Name], [scores.Name]);
        var (height, width) = Size(program, input, source);
        using var reference = new ReferenceRun(model, input, scores.Softmax is null ? [scores.Name] : [scores.Name, scores.Reported], decoder, source);
        var check = new OpeningCheck(reference, input, scores, source);
        var answer = check.Ask(height, width);
        var (batch, difference) = Fit(program, input, check, answer, source);
        var classes = answer.Logits.numel() / answer.Images.shape[0];
        IReadOnlyList<string> notes = [.. isBinary ? [BinaryHead.Note] : Array.Empty<string>(), .. ImportNotes.Of(model, program, input, scores, batch)];
        if (difference > OpeningCheck.Tolerance)
        {
            RequireRoundings(model, program, input, scores, check, answer, decoder, source);
            notes = [.. notes, $"Each rounding agrees with ONNX Runtime's but for values halfway between two integers; behind all of them the scores differ by up to {difference:P1} of the largest."];
        }
        var network = new ImportedNetwork(program, input, batch, source) { Classes = classes, Notes = notes, OutputName = scores.Reported };
        network.eval();
        return network;
    }

    // A size that the network takes, found with bounded memory before anything else runs the file.
    private static (long Height, long Width) Size(NetworkProgram program, ImageInput input, string source)
    {
        using var noGradient = no_grad();
        var network = new ImportedNetwork(program, input, new BatchHandling(BatchMode.Looped, input.Batch ?? 1), source);
        InvalidDataException? first = null;
        foreach (var side in input.Height is null || input.Width is null ? Sides : [0])
        {
            using var scope = NewDisposeScope();
            var (height, width) = (input.Height ?? side, input.Width ?? side);
            try
            {
                network.Scores(ones(1, input.Channels ?? 3, height, width), NetworkLimits.LargestTensor);
                return (height, width);
            }
            catch (InvalidDataException fault)
            {
                first ??= fault;
            }
        }
        throw first!;
    }

    // The first way of passing several images that agrees with ONNX Runtime; of a network that rounds, one that may still do so rounding by rounding.
    private static (BatchHandling Batch, double Difference) Fit(NetworkProgram program, ImageInput input, OpeningCheck check, OpeningCheck.Answer answer, string source)
    {
        var size = input.Batch ?? 1;
        BatchMode[] modes = answer.AtOnce && input.Batch is null ? [BatchMode.Free] : size == 1 ? [BatchMode.Freed, BatchMode.Looped] : [BatchMode.Looped];
        InvalidDataException? fault = null;
        foreach (var mode in modes)
        {
            var batch = new BatchHandling(mode, size);
            try
            {
                var difference = check.Difference(new ImportedNetwork(program, input, batch, source), answer);
                if (difference <= OpeningCheck.Tolerance || (mode == modes[^1] && double.IsFinite(difference) && program.Roundings.Count > 0))
                    return (batch, difference);
                fault = Differs(source, difference);
            }
            catch (InvalidDataException reason)
            {
                fault = reason;
            }
        }
        throw fault!;
    }

    private static void RequireRoundings(ModelProto model, NetworkProgram program, ImageInput input, ScoresOutput scores, OpeningCheck check, OpeningCheck.Answer answer, TensorDecoder decoder, string source)
    {
        using var rounding = new ReferenceRun(model, input, [scores.Name, .. program.Roundings.Select(pair => pair.Name)], decoder, source);
        var network = new ImportedNetwork(program, input, new BatchHandling(BatchMode.Free, 1), source);
        var difference = check.DifferenceBehindRoundings(rounding, network, answer);
        if (!(difference <= OpeningCheck.Tolerance))
            throw Differs(source, difference);
    }

    private static InvalidDataException Differs(string source, double difference) => new(
        $"{source}: opened with gradients it differs from ONNX Runtime by {difference:E1} of the largest score; at most {OpeningCheck.Tolerance:E1} is allowed, so it is refused rather than attacked wrongly. Please report the file.");
}
