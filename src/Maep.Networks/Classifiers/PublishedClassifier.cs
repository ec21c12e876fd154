using System.Globalization;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// A classifier that others trained in PyTorch, rebuilt from its weights: wide residual networks, PreActResNets, ResNets in the forms of torchvision and
/// pytorch-cifar, and the CIFAR ResNets of He et al. Which of them it is, and how large, follows from the names and shapes of the weights.
/// </summary>
/// <param name="Network">Images [N, 3, H, W] in [0, 1] to logits [N, K], in evaluation mode.</param>
/// <param name="Architecture">Its name, as <c>--architecture</c> takes it.</param>
/// <param name="Normalization">What it does to images first, in words.</param>
public sealed record PublishedClassifier(nn.Module<Tensor, Tensor> Network, string Architecture, string Normalization)
{
    /// <summary>Names that <c>--architecture</c> takes; N, D and W stand for numbers.</summary>
    public const string Architectures = "wrn-D-W (wrn-28-10, wrn-34-10, wrn-16-4), preact-resnet-18, preact-resnet-18-v1, resnet-18, -34, -50, -101, -152 (torchvision's and pytorch-cifar's), cifar-resnet-N (20, 32, 44, 56, 110)";

    private const string BeforeActivation = "-v1";

    private static readonly Dictionary<(bool Bottleneck, string Blocks), int> Depths = new()
    {
        [(false, "2,2,2,2")] = 18,
        [(false, "3,4,6,3")] = 34,
        [(true, "3,4,6,3")] = 50,
        [(true, "3,4,23,3")] = 101,
        [(true, "3,8,36,3")] = 152,
    };

    /// <summary>Opens a file of weights.</summary>
    /// <param name="path">A .pt, .pth or .th file of torch.save, or .safetensors.</param>
    /// <param name="form">What the weights do not tell.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network than these, or than the one named.</exception>
    public static PublishedClassifier Open(string path, ClassifierForm form)
    {
        var file = Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase) ? SafeTensors.Load(path).Tensors : TorchCheckpoint.Load(path);
        try
        {
            var names = WeightNames.Of(file);
            var blocks = Blocks(names.Tensors);
            if (blocks.Length is not (3 or 4) || !names.Tensors.ContainsKey("conv1.weight") || !names.Tensors.ContainsKey("linear.weight"))
            {
                throw new InvalidDataException($"{path}: its weights ({string.Join(", ", names.Tensors.Keys.Take(3))} ...) belong to none of the networks that can be rebuilt: {Architectures}; "
                    + "export the classifier to ONNX instead.");
            }
            var found = Rebuild(names, blocks, form, path);
            if (form.Architecture is { } asked && asked != found.Architecture)
                throw new InvalidDataException($"{path}: holds the weights of a {found.Architecture}, not of '{asked}'; give --architecture {found.Architecture}, or another file.");
            NamedWeights.Fill(found.Network, names.Tensors, path);
            found.Network.eval();
            return found;
        }
        finally
        {
            foreach (var tensor in file.Values)
                tensor.Dispose();
        }
    }

    private static PublishedClassifier Rebuild(WeightNames names, int[] blocks, ClassifierForm form, string path)
    {
        var weights = names.Tensors;
        var classes = (int)weights["linear.weight"].shape[0];
        var stem = weights["conv1.weight"].shape;
        var normalization = form.Normalization ?? names.Normalization;
        var source = form.Normalization is not null ? "as asked" : names.Normalization is not null ? "as the file says" : "as published weights of this network expect";
        if (!weights.ContainsKey("bn1.weight"))
        {
            var options = new PreActResNetOptions
            {
                StemWidth = (int)stem[0],
                Widths = [.. blocks.Select((_, stage) => (int)weights[$"layer{Number(stage + 1)}.0.conv1.weight"].shape[0])],
                Blocks = blocks,
                FinalNorm = weights.ContainsKey("bn.weight"),
                ShortcutBeforeActivation = blocks.Length == 4 && BeforeActivationIsAsked(form, path),
                Classes = classes,
            };
            var name = blocks.Length == 3 ? $"wrn-{Number((6 * blocks[0]) + 4)}-{Number(options.Widths[0] / options.StemWidth)}"
                : $"preact-resnet-{Number((2 * blocks.Sum()) + 2)}{(options.ShortcutBeforeActivation ? BeforeActivation : "")}";
            return new PublishedClassifier(new PreActResNet(options, normalization), name, Describe(normalization, source));
        }
        if (blocks.Length == 3)
        {
            var depth = (6 * blocks[0]) + 2;
            normalization ??= PixelNormalization.ImageNet;
            return new PublishedClassifier(new CifarResNet(depth, classes, normalization), $"cifar-resnet-{Number(depth)}", Describe(normalization, source));
        }
        var resnet = new ResNetOptions { Blocks = blocks, Bottleneck = weights.ContainsKey("layer1.0.conv3.weight"), ImageNetStem = stem[2] == 7, Classes = classes };
        normalization ??= resnet.ImageNetStem ? PixelNormalization.ImageNet : null;
        return Depths.TryGetValue((resnet.Bottleneck, string.Join(',', blocks)), out var layers)
            ? new PublishedClassifier(new ResNet(resnet, normalization), $"resnet-{Number(layers)}", Describe(normalization, source))
            : throw new InvalidDataException($"{path}: a ResNet of {string.Join(", ", blocks)} blocks is none of ResNet-18, 34, 50, 101 and 152; export the classifier to ONNX instead.");
    }

    // The two forms have the same weights, so a guess could be wrong without a word.
    private static bool BeforeActivationIsAsked(ClassifierForm form, string path) => form.Architecture is { } asked ? asked.EndsWith(BeforeActivation, StringComparison.Ordinal)
        : throw new InvalidDataException($"{path}: its weights do not tell which of two PreActResNets they are; give --architecture preact-resnet-18 (shortcuts take activated features, as in pytorch-cifar and RobustBench's PreActBlockV2) "
            + $"or preact-resnet-18{BeforeActivation} (RobustBench's PreActBlock), whichever gives the published accuracy.");

    private static int[] Blocks(Dictionary<string, Tensor> weights)
    {
        List<int> blocks = [];
        while (Count($"layer{Number(blocks.Count + 1)}.") is > 0 and var count)
            blocks.Add(count);
        return [.. blocks];

        int Count(string stage) => weights.Keys.Where(name => name.StartsWith(stage, StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct().Count();
    }

    private static string Describe(PixelNormalization? normalization, string source) => normalization is null ? "images in [0, 1], not normalised" : $"{normalization}, {source}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
