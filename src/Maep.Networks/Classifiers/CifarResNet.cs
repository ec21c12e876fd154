using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>ResNet-20/32/44/56/110 for 32x32 images (He et al., 2016, section 4.2) with parameter-free shortcuts (option A). Images [N, 3, 32, 32] in [0, 1] to logits [N, K].</summary>
public sealed class CifarResNet : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly Conv2d _conv;
    [ComponentName(Name = "bn1")]
    private readonly BatchNorm2d _norm;
    [ComponentName(Name = "layer1")]
    private readonly Sequential _stage1;
    [ComponentName(Name = "layer2")]
    private readonly Sequential _stage2;
    [ComponentName(Name = "layer3")]
    private readonly Sequential _stage3;
    [ComponentName(Name = "linear")]
    private readonly Linear _linear;

    /// <param name="depth">Number of weighted layers: 6n + 2, for example 20 or 56.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="normalization">Null means ImageNet's statistics, as the published weights expect.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6n + 2.</exception>
    public CifarResNet(int depth, int classes = 10, PixelNormalization? normalization = null) : base($"resnet{depth}")
    {
        if (depth < 8 || (depth - 2) % 6 != 0)
            throw new ArgumentOutOfRangeException(nameof(depth), depth, $"Depth {depth} is not 6n + 2; use 20, 32, 44, 56 or 110.");
        Depth = depth;
        Classes = classes;
        Normalization = normalization ?? PixelNormalization.ImageNet;
        var blocks = (depth - 2) / 6;
        _conv = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
        _norm = nn.BatchNorm2d(16);
        _stage1 = Stage(16, 16, 1, blocks);
        _stage2 = Stage(16, 32, 2, blocks);
        _stage3 = Stage(32, 64, 2, blocks);
        _linear = nn.Linear(64, classes);
        RegisterComponents();
    }

    /// <summary>Number of weighted layers.</summary>
    public int Depth { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>What the network does to its input first.</summary>
    public PixelNormalization Normalization { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = ChannelsLast.Order(Normalization.Apply(input));
        features = nn.functional.relu(NormalizedConvolution.Call(_conv, _norm, features));
        features = _stage3.call(_stage2.call(_stage1.call(features)));
        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }

    private static Sequential Stage(int inputs, int outputs, int stride, int blocks) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(index => (index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            (nn.Module<Tensor, Tensor>)new ResidualBlock(index == 0 ? inputs : outputs, outputs, index == 0 ? stride : 1))));

    /// <summary>conv-BN-ReLU-conv-BN plus shortcut, then ReLU; the shortcut takes every second pixel and pads channels with zeros.</summary>
    internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "conv1")]
        private readonly Conv2d _conv1;
        [ComponentName(Name = "bn1")]
        private readonly BatchNorm2d _norm1;
        [ComponentName(Name = "conv2")]
        private readonly Conv2d _conv2;
        [ComponentName(Name = "bn2")]
        private readonly BatchNorm2d _norm2;

        public ResidualBlock(int inputs, int outputs, int stride) : base(nameof(ResidualBlock))
        {
            Stride = stride;
            PaddedChannels = (outputs - inputs) / 2;
            _conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false);
            _norm1 = nn.BatchNorm2d(outputs);
            _conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            _norm2 = nn.BatchNorm2d(outputs);
            RegisterComponents();
        }

        public int Stride { get; }

        /// <summary>Zero channels on either side of the shortcut.</summary>
        public int PaddedChannels { get; }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var branch = nn.functional.relu(NormalizedConvolution.Call(_conv1, _norm1, input));
            branch = NormalizedConvolution.Call(_conv2, _norm2, branch);
            var shortcut = Stride == 1 ? input
                : nn.functional.pad(input[.., .., TensorIndex.Slice(step: Stride), TensorIndex.Slice(step: Stride)], [0, 0, 0, 0, PaddedChannels, PaddedChannels], PaddingModes.Constant, 0);
            return nn.functional.relu(branch + shortcut).MoveToOuterDisposeScope();
        }
    }
}
