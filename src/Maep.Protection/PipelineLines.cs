using System.Globalization;
using System.Text;
using Maep.Export;
using Maep.Networks.Classifiers;

namespace Maep.Protection;

/// <summary>What an ML.NET pipeline must know of a classifier.</summary>
/// <param name="Path">Its file.</param>
/// <param name="InputName">Name of its input for images.</param>
/// <param name="OutputName">Name of its output with the scores.</param>
internal sealed record PipelineClassifier(string Path, string InputName, string OutputName)
{
    /// <summary>Whether it takes [N, H, W, C].</summary>
    public bool ChannelsLast { get; init; }

    /// <summary>Whether it takes one channel.</summary>
    public bool IsGrey { get; init; }

    /// <summary>Whether it takes whole numbers 0 to 255.</summary>
    public bool TakesBytes { get; init; }

    /// <summary>Whether it takes blue, green, red.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>What its images are normalised by; null for [0, 1].</summary>
    public PixelNormalization? Normalization { get; init; }

    public static PipelineClassifier Of(ProtectedClassifier classifier) => classifier.File.Imported is { } imported
        ? new(classifier.Path, imported.InputName, imported.OutputName) { ChannelsLast = imported.ChannelsLast, IsGrey = imported.Channels == 1, TakesBytes = imported.TakesBytes, Normalization = classifier.Form.Normalization, BlueFirst = classifier.Form.BlueFirst }
        : new(classifier.Path, OnnxNames.Image, OnnxNames.Logits);
}

/// <summary>The C# lines of an ML.NET pipeline with the purifier ahead of a classifier.</summary>
internal static class PipelineLines
{
    /// <param name="classifier">What the pipeline ends with.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="purifierSize">Rows and columns that the purifier takes; other images go through it in tiles.</param>
    public static string Of(PipelineClassifier classifier, int height, int width, int purifierSize)
    {
        var isOnnx = Path.GetExtension(classifier.Path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
        var file = isOnnx ? Path.GetFileName(classifier.Path) : Path.GetFileNameWithoutExtension(classifier.Path) + ".onnx";
        var (input, output, interleaved, isGrey) = (classifier.InputName, classifier.OutputName, classifier.ChannelsLast, classifier.IsGrey);
        var text = new StringBuilder();
        if (!isOnnx)
            text.AppendLine("// ApplyOnnxModel takes ONNX: maep export --weights " + Path.GetFileName(classifier.Path) + " --output " + file);
        text.AppendLine("// using Microsoft.ML; using Maep.Transforms; class Row { public string Path { get; set; } }");
        text.AppendLine("var pipeline = ml.Transforms.LoadImages(\"Image\", folder, nameof(Row.Path))");
        text.AppendLine(CultureInfo.InvariantCulture, $"    .Append(ml.Transforms.ResizeImages(\"Image\", imageWidth: {width}, imageHeight: {height}, resizing: ImageResizingEstimator.ResizingKind.Fill))");
        text.AppendLine(CultureInfo.InvariantCulture, $"    .Append(ml.Transforms.PurifyAdversarial(new AdversarialPurifierOptions {{ OutputColumnName = \"Purified\", InputColumnName = \"Image\", ModelPath = \"purifier.onnx\"{((height, width) == (purifierSize, purifierSize) ? "" : ", SizeHandling = SizeHandling.Tile")} }}))");
        // A mean and a deviation of all colours are an offset and a scale; others, and grey, take a mapping of our own.
        var isMapped = isGrey || !IsUniform(classifier.Normalization);
        text.AppendLine(Extraction(isMapped ? "Pixels" : input, classifier, isMapped));
        if (isMapped)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    // class In {{ [VectorType({3 * height * width})] public float[] Pixels {{ get; set; }} }}  class Out {{ [VectorType({(isGrey ? 1 : 3) * height * width})] public float[] Values {{ get; set; }} }}");
            text.AppendLine(isGrey ? Luma(classifier.Normalization, height * width) : Normalised(classifier.Normalization!, interleaved, height * width));
            text.AppendLine(CultureInfo.InvariantCulture, $"    .Append(ml.Transforms.CopyColumns(\"{input}\", \"Values\"))");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"    .Append(ml.Transforms.ApplyOnnxModel(\"{output}\", \"{input}\", \"{file}\"));");
        return text.ToString();
    }

    private static bool IsUniform(PixelNormalization? normalization) => normalization is null || (normalization.Mean.Distinct().Count() == 1 && normalization.Deviation.Distinct().Count() == 1);

    private static string Extraction(string column, PipelineClassifier classifier, bool isMapped)
    {
        var (offset, scale) = isMapped || classifier.Normalization is not { } normalization ? (0, 1 / 255.0) : (255.0 * normalization.Mean[0], 1 / (255.0 * normalization.Deviation[0]));
        string[] arguments =
        [
            $"\"{column}\", \"Purified\"",
            .. classifier.BlueFirst ? ["orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ABGR"] : Array.Empty<string>(),
            .. classifier is { ChannelsLast: true, IsGrey: false } ? ["interleavePixelColors: true"] : Array.Empty<string>(),
            .. classifier.TakesBytes ? ["outputAsFloatArray: false"] : Array.Empty<string>(),
            .. !classifier.TakesBytes && offset != 0 ? [string.Create(CultureInfo.InvariantCulture, $"offsetImage: {offset:G9}f")] : Array.Empty<string>(),
            .. classifier.TakesBytes ? Array.Empty<string>() : [string.Create(CultureInfo.InvariantCulture, $"scaleImage: {scale:G9}f")],
        ];
        return $"    .Append(ml.Transforms.ExtractPixels({string.Join(", ", arguments)}))";
    }

    private static string Normalised(PixelNormalization normalization, bool interleaved, int pixels) => string.Create(CultureInfo.InvariantCulture,
        $"    .Append(ml.Transforms.CustomMapping<In, Out>((from, to) => to.Values = [.. from.Pixels.Select((value, i) => (value - new[] {{ {Numbers(normalization.Mean)} }}[{(interleaved ? "i % 3" : $"i / {pixels}")}]) / new[] {{ {Numbers(normalization.Deviation)} }}[{(interleaved ? "i % 3" : $"i / {pixels}")}])], \"normalise\"))");

    private static string Luma(PixelNormalization? normalization, int pixels) => string.Create(CultureInfo.InvariantCulture,
        $"    .Append(ml.Transforms.CustomMapping<In, Out>((from, to) => to.Values = [.. Enumerable.Range(0, {pixels}).Select(i => ((0.299f * from.Pixels[i]) + (0.587f * from.Pixels[{pixels} + i]) + (0.114f * from.Pixels[{2 * pixels} + i]) - {normalization?.Mean[0] ?? 0}f) / {normalization?.Deviation[0] ?? 1}f)], \"luma\"))");

    private static string Numbers(float[] values) => string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture) + "f"));
}
