using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// ResNet-18, 34, 50, 101 and 152 (He et al., 2016) as torchvision has them for ImageNet and pytorch-cifar for 32x32 images.
/// Images [N, 3, H, W] in [0, 1] to logits [N, K]. Weights have pytorch-cifar's names.
/// </summary>
public sealed class ResNet : nn.Module<Tensor, Tensor>
{
    private const int StemWidth = 64;

    [ComponentName(Name = "conv1")]
    private readonly Conv2d _conv;
    [ComponentName(Name = "bn1")]
    private readonly BatchNorm2d _norm;
    private readonly List<Sequential> _stages = [];
    [ComponentName(Name = "linear")]
    private readonly Linear _linear;

    /// <param name="options">Size and form.</param>
    /// <param name="normalization">What the network does to its input first; null for nothing.</param>
    public ResNet(ResNetOptions options, PixelNormalization? normalization = null) : base(nameof(ResNet))
    {
        (Options, Normalization) = (options, normalization);
        _conv = options.ImageNetStem ? nn.Conv2d(3, StemWidth, 7, 2, padding: 3, bias: false) : nn.Conv2d(3, StemWidth, 3, padding: 1, bias: false);
        _norm = nn.BatchNorm2d(StemWidth);
        var channels = (long)StemWidth;
        foreach (var (stage, blocks) in options.Blocks.Index())
        {
            var width = (long)StemWidth << stage;
            List<(string, nn.Module<Tensor, Tensor>)> layers = [];
            for (var index = 0; index < blocks; index++)
            {
                var block = new Block(channels, width, index == 0 && stage > 0 ? 2 : 1, options.Bottleneck);
                layers.Add((index.ToString(CultureInfo.InvariantCulture), block));
                channels = block.Outputs;
            }
            _stages.Add(nn.Sequential(layers));
        }
        _linear = nn.Linear(channels, options.Classes);
        RegisterComponents();
        foreach (var (stage, blocks) in _stages.Index())
            register_module($"layer{(stage + 1).ToString(CultureInfo.InvariantCulture)}", blocks);
    }

    /// <summary>Size and form.</summary>
    public ResNetOptions Options { get; }

    /// <summary>What the network does to its input first; null for nothing.</summary>
    public PixelNormalization? Normalization { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = ChannelsLast.Order(Normalization?.Apply(input) ?? input);
        features = nn.functional.relu(NormalizedConvolution.Call(_conv, _norm, features));
        if (Options.ImageNetStem)
            features = nn.functional.max_pool2d(features, 3, 2, 1);
        features = _stages.Aggregate(features, (value, stage) => stage.call(value));
        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>Two or three convolutions, each normalised, plus the shortcut, then ReLU.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly List<(Conv2d Convolution, BatchNorm2d Norm)> _branch = [];
        private readonly Conv2d? _shortcut;
        private readonly BatchNorm2d? _shortcutNorm;

        public Block(long inputs, long width, long stride, bool bottleneck) : base(nameof(Block))
        {
            Outputs = bottleneck ? 4 * width : width;
            (long Outputs, long Size, long Stride)[] convolutions = bottleneck ? [(width, 1, 1), (width, 3, stride), (Outputs, 1, 1)] : [(width, 3, stride), (width, 3, 1)];
            var channels = inputs;
            foreach (var (index, layer) in convolutions.Index())
            {
                var (convolution, norm) = (nn.Conv2d(channels, layer.Outputs, layer.Size, layer.Stride, padding: layer.Size / 2, bias: false), nn.BatchNorm2d(layer.Outputs));
                register_module($"conv{(index + 1).ToString(CultureInfo.InvariantCulture)}", convolution);
                register_module($"bn{(index + 1).ToString(CultureInfo.InvariantCulture)}", norm);
                _branch.Add((convolution, norm));
                channels = layer.Outputs;
            }
            if (stride == 1 && inputs == Outputs)
                return;
            (_shortcut, _shortcutNorm) = (nn.Conv2d(inputs, Outputs, 1, stride, bias: false), nn.BatchNorm2d(Outputs));
            register_module("shortcut", nn.Sequential(("0", _shortcut), ("1", _shortcutNorm)));
        }

        public long Outputs { get; }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var branch = input;
            foreach (var (index, (convolution, norm)) in _branch.Index())
                branch = NormalizedConvolution.Call(convolution, norm, index == 0 ? branch : nn.functional.relu(branch));
            var shortcut = _shortcut is null ? input : NormalizedConvolution.Call(_shortcut, _shortcutNorm!, input);
            return nn.functional.relu(branch + shortcut).MoveToOuterDisposeScope();
        }
    }
}
