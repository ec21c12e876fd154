using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maep.Export;
using Maep.Training;

namespace Maep.Evaluation;

/// <summary>A model file of a record.</summary>
/// <param name="File">File name without folder, or the name of a purifier that has no file: "jpeg:75".</param>
/// <param name="Sha256">Lower-case digest of the file, or of the name.</param>
/// <param name="Tiles">How a purifier went over larger images; null where it took them whole.</param>
/// <param name="Notes">Where a classifier of others was computed otherwise than its file says, and where its gradients are no exact ones; null where there is nothing to say.</param>
public sealed record ModelReference(string File, string Sha256, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tiles = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Notes = null)
{
    /// <summary>How state files tell models apart.</summary>
    [JsonIgnore]
    public string Digest => Sha256[..12] + Tiles + (Notes is null ? "" : $"-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Notes)))[..6]}");

    /// <summary>The reference to an opened file.</summary>
    /// <param name="path">Its path, or name and setting.</param>
    /// <param name="model">What was opened there.</param>
    public static ModelReference Of(string path, ModelFile model) => new(model.Purifier?.Name ?? Path.GetFileName(path), model.Sha256, model.Purifier?.Tiling, model.Notes);

    /// <summary>The reference to a file of any kind.</summary>
    /// <param name="path">Its path.</param>
    public static ModelReference OfFile(string path)
    {
        using var stream = System.IO.File.OpenRead(path);
        return new(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

/// <summary>One evaluation with everything needed to repeat it; a file of <c>results/</c>.</summary>
public sealed record ResultRecord
{
    /// <summary>Command line that produced it.</summary>
    public required string Command { get; init; }

    /// <summary>Set, for example "cifar10-test".</summary>
    public required string Dataset { get; init; }

    /// <summary>Attack with all its settings.</summary>
    public required string Attack { get; init; }

    /// <summary>Seed of the attack.</summary>
    public required long Seed { get; init; }

    /// <summary>Classifier attacked and measured.</summary>
    public required ModelReference Classifier { get; init; }

    /// <summary>Purifier; null when the bare classifier alone was measured.</summary>
    public ModelReference? Purifier { get; init; }

    /// <summary>How a classifier was asked that gives answers and no gradients: an ONNX file, a whole ML.NET pipeline. Null for one that was differentiated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AskedAs { get; init; }

    /// <summary>What the adaptive attack differentiates where the purifier has no gradient of its own; null where its gradients are exact.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GradientStandIn { get; init; }

    /// <summary>What a reader must know of the classifier's answers beside the figures; null where there is nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>What was found.</summary>
    public required RobustnessResult Result { get; init; }

    /// <summary>Processor architecture, cores and libraries.</summary>
    public string Machine { get; init; } = ThisMachine;

    internal static string ThisMachine { get; } = string.Create(CultureInfo.InvariantCulture,
        $"{RuntimeInformation.OSArchitecture} {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version}");

    /// <summary>"purifier ahead of classifier", or the classifier that was asked.</summary>
    public string Title => AskedAs is null ? $"{Purifier?.File ?? "No purifier"} ahead of {Classifier.File}" : Classifier.File;

    /// <summary>Column titles of <see cref="Rows"/>.</summary>
    public static IReadOnlyList<string> Headers { get; } = ["Measured", "Accuracy", "95 % interval", "Images"];

    /// <summary>The table that terminals and reports show.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows()
    {
        List<IReadOnlyList<string>> rows =
        [
            Row(AskedAs is null ? "bare classifier, clean" : "clean", Result.BareClean),
            Row(AskedAs is null ? "bare classifier, attacked" : "attacked, query", Result.BareRobust),
        ];
        if (Result is { PurifiedClean: { } clean, NonAdaptive: { } robust })
        {
            rows.Add(Row("purified, clean", clean));
            rows.Add(Row("purified, attacked, non-adaptive", robust));
            rows.Add(["purified, average of the two", Percent((clean.Share + robust.Share) / 2), "", Number(clean.Total)]);
        }
        if (Result.Adaptive is { } adaptive)
            rows.Add(Row("purified, attacked, adaptive", adaptive));
        if (Result is { Psnr: { } psnr, Ssim: { } ssim, AttackedPsnr: { } attacked })
        {
            rows.Add(["purified clean image: PSNR, dB", psnr.ToString("F2", CultureInfo.InvariantCulture), "", Number(Result.BareClean.Total)]);
            rows.Add(["purified clean image: SSIM", ssim.ToString("F4", CultureInfo.InvariantCulture), "", Number(Result.BareClean.Total)]);
            rows.Add(["purified attacked image: PSNR, dB", attacked.ToString("F2", CultureInfo.InvariantCulture), "", Number(Result.BareClean.Total)]);
        }
        if (Result.WithoutGradient is { } share)
            rows.Add(["images without a gradient, which the attack cannot move: use square or rays", Percent(share), "", ""]);
        return rows;
    }

    /// <summary>What the two attack columns mean; printed under every table.</summary>
    public const string Explanation =
        "Non-adaptive: the attacker ignores the purifier. Adaptive: the attacker differentiates through purifier and classifier. "
        + "Non-adaptive robustness is not security against an attacker who knows the purifier.";

    /// <summary>The record as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {Title}");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Dataset}; {Attack}; seed {Seed}; {Result.Seconds:F0} s on {Machine}.");
        text.AppendLine();
        text.AppendTable(Headers, Rows());
        if (Classifier.Notes is { } notes)
            text.AppendLine(CultureInfo.InvariantCulture, $"{Classifier.File}: {notes}");
        if (Purifier?.Tiles is { } tiles)
            text.AppendLine(CultureInfo.InvariantCulture, $"The purifier went over the images in {tiles}.");
        if (AskedAs is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"Asked as a black box: {AskedAs}. The attacker sees its answers and no gradient.");
        if (GradientStandIn is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"Gradients of the adaptive attack: {GradientStandIn}.");
        if (Result.AgainstDraws() is { } draws)
            text.AppendLine(CultureInfo.InvariantCulture, $"The purifier {draws}");
        foreach (var note in Notes ?? [])
            text.AppendLine(note);
        text.AppendLine(Explanation);
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{Command}`");
        return text.ToString();
    }

    /// <summary>Writes <paramref name="basePath"/>.json and .md.</summary>
    public void Save(string basePath) => RecordFiles.Save(basePath, JsonSerializer.Serialize(this, RecordFiles.Json) + "\n", ToMarkdown());

    private static IReadOnlyList<string> Row(string name, AccuracyCount count) =>
        [name, Percent(count.Share), $"{Percent(count.Interval.Low)} to {Percent(count.Interval.High)}", Number(count.Total)];

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F2} %");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
