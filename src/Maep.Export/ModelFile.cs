using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Maep.Export.Formats;
using Maep.Export.Import;
using Maep.Export.Proto;
using Maep.Networks;
using Maep.Networks.Classifiers;
using Maep.Networks.Purifiers;
using Maep.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export;

/// <summary>A model file opened as a TorchSharp network, so that attacks can differentiate through exactly what is shipped.</summary>
/// <param name="Network">In evaluation mode, gradients of weights off.</param>
/// <param name="Metadata">The file's facts; empty for safetensors and for a purifier by name.</param>
/// <param name="Sha256">Lower-case digest of the file; of the name where a name is all there is.</param>
public sealed record ModelFile(nn.Module<Tensor, Tensor> Network, IReadOnlyDictionary<string, string> Metadata, string Sha256)
{
    private const string MaskToken = "mask_token";

    private static readonly string[] WeightFiles = [".pt", ".pth", ".th", ".safetensors"];

    /// <summary>The network as a purifier; null for a classifier. Never null in what <see cref="OpenPurifier"/> gives.</summary>
    public Purifier? Purifier => Network as Purifier;

    /// <summary>What a user must know of it: what a classifier of others does to its images first, where it is computed otherwise than its file says; null where there is nothing to say.</summary>
    public string? Notes { get; init; }

    /// <summary>The classifier of others that <see cref="Network"/> is, or that is behind what it does to its images; null for our own networks and PyTorch weights.</summary>
    public ImportedNetwork? Imported { get; init; }

    /// <summary>
    /// Opens an .onnx file that <see cref="OnnxExporter"/> wrote, the .onnx file of any image classifier (<see cref="OnnxImporter"/>), or the weights of a
    /// <see cref="PublishedClassifier"/> as .pt, .pth, .th or .safetensors.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="form">What the file of a classifier does not tell; null where it tells all.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">Truncated, of an unknown network, or an ONNX file that is no image classifier or cannot be computed.</exception>
    public static ModelFile Open(string path, ClassifierForm? form = null)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; give a model file (.onnx of `maep export`, an image classifier as .onnx, or PyTorch weights as .pt, .pth or .safetensors).", path);
        using var stream = File.OpenRead(path);
        var digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        var file = WeightFiles.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? Published(path, form ?? new ClassifierForm(), digest) : Onnx(path, form ?? new ClassifierForm(), digest);
        file.Network.eval();
        foreach (var parameter in file.Network.parameters())
            parameter.requires_grad = false;
        return file;
    }

    /// <summary>The same classifier of others, its images prepared in another way.</summary>
    /// <param name="form">Normalisation and order of colours.</param>
    /// <exception cref="InvalidOperationException">It is no classifier of others.</exception>
    /// <exception cref="ArgumentException">An order of colours where it takes grey images.</exception>
    public ModelFile Prepared(ClassifierForm form)
    {
        var imported = Imported ?? throw new InvalidOperationException($"A {Network.GetName()} prepares its images itself; only classifiers of others are prepared.");
        nn.Module<Tensor, Tensor> network = imported;
        List<string> notes = [.. imported.Notes];
        if (form.BlueFirst)
        {
            network = imported.Channels != 1 ? new BlueFirstClassifier(network)
                : throw new ArgumentException($"{imported.Source}: takes grey images, which have no order of colours; leave it out (--bgr).");
            notes.Insert(0, "It takes blue, green, red.");
        }
        if (imported.Channels == 1)
        {
            network = new GreyscaleClassifier(network);
            notes.Insert(0, "It takes grey images: the luma of the colours (ITU-R BT.601).");
        }
        if (form.Normalization is { } normalization)
        {
            network = new NormalizedClassifier(network, normalization);
            notes.Insert(0, $"Images are normalised as asked: {normalization}.");
        }
        network.eval();
        return this with { Network = network, Notes = notes.Count > 0 ? string.Join(' ', notes) : null };
    }

    private static ModelFile Published(string path, ClassifierForm form, string digest)
    {
        if (form.BlueFirst)
            throw new ArgumentException($"{path}: PyTorch weights of the architectures that can be opened take RGB; leave the order of colours out (--bgr).");
        var published = PublishedClassifier.Open(path, form);
        return new ModelFile(published.Network, new Dictionary<string, string>(), digest) { Notes = $"{published.Architecture}; {published.Normalization}." };
    }

    private static ModelFile Onnx(string path, ClassifierForm form, string digest)
    {
        if (form.Architecture is { } architecture)
            throw new ArgumentException($"{path}: an ONNX file holds its architecture; leave '{architecture}' out (--architecture is for PyTorch weights).");
        var (network, metadata) = Read(File.ReadAllBytes(path), path);
        if (network is not ImportedNetwork imported)
        {
            return form is { Normalization: null, BlueFirst: false } ? new ModelFile(network, metadata, digest)
                : throw new ArgumentException($"{path}: a file of maep export takes RGB and normalises images itself; leave mean, standard deviation and the order of colours out.");
        }
        return new ModelFile(imported, metadata, digest) { Imported = imported }.Prepared(form);
    }

    /// <summary>Opens a purifier file, or makes one of <see cref="NamedPurifiers"/>.</summary>
    /// <param name="source">Path, or a name with its setting: "jpeg:75".</param>
    /// <param name="classifier">The classifier behind it, which some purifiers ask; in evaluation mode.</param>
    /// <exception cref="ArgumentException">The setting of a name is none, or the purifier needs a classifier.</exception>
    /// <exception cref="FileNotFoundException">Neither a name nor a file.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="Open"/>, or the file holds a classifier.</exception>
    public static ModelFile OpenPurifier(string source, nn.Module<Tensor, Tensor>? classifier = null)
    {
        if (NamedPurifiers.Create(source, classifier) is { } named)
            return new ModelFile(named, new Dictionary<string, string>(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named.Name))));
        if (!File.Exists(source))
            throw new FileNotFoundException($"'{source}' does not exist; give a purifier file (.onnx of `maep export`), or one by name: {NamedPurifiers.Help}.", source);
        var file = Open(source);
        return file.Purifier is not null ? file
            : throw new InvalidDataException($"{source}: holds a classifier; give a purifier file (.onnx of `maep export`), or one by name: {NamedPurifiers.Help}.");
    }

    /// <summary>What a model is called in names of other files: the file name without extension, or a purifier's name with "-" for ":".</summary>
    /// <param name="source">What <see cref="Open"/> or <see cref="OpenPurifier"/> takes.</param>
    public static string Stem(string source) => NamedPurifiers.NameOf(source)?.Replace(':', '-') ?? Path.GetFileNameWithoutExtension(source);

    private static (nn.Module<Tensor, Tensor> Network, Dictionary<string, string> Metadata) Read(byte[] bytes, string path)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new InvalidDataException($"{path}: not a complete ONNX file ({bytes.Length} bytes); export it again, with `maep export` if it is one of ours.", fault);
        }
        var metadata = model.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value);
        if (!metadata.TryGetValue(OnnxNames.Network, out var type) || !metadata.TryGetValue(OnnxNames.Options, out var options))
            return (OnnxImporter.Open(model, path, Path.GetDirectoryName(Path.GetFullPath(path))), metadata);
        var network = NetworkFormats.Create(type, options, path);
        var tensors = PrecisionConversion.Weights(model.Graph).ToDictionary(weight => weight.Name, weight => tensor(weight.Values, weight.Shape));
        if (NamedWeights.Of(network).TryGetValue(MaskToken, out var token))
            tensors.TryAdd(MaskToken, token); // takes no part in inference and is not in the file
        NamedWeights.Fill(network, tensors, path);
        return (network, metadata);
    }
}
