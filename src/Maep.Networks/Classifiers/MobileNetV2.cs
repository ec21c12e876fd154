using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// MobileNetV2 of width 1.0 (Sandler et al., 2018) as TensorFlow Lite runs it: batch normalisation folded into the convolutions, an odd row and
/// column of padding at the end where the stride is 2, and every output cut to a range. Images [N, 3, H, W] in [0, 1], H and W multiples of 32
/// (224 in the paper), to logits [N, K].
/// </summary>
public sealed class MobileNetV2 : nn.Module<Tensor, Tensor>
{
    private const int StemChannels = 32;
    private const int LastChannels = 1280;

    [ComponentName(Name = "stem")]
    private readonly RangedConvolution _stem;
    [ComponentName(Name = "blocks")]
    private readonly Sequential _blocks;
    [ComponentName(Name = "last")]
    private readonly RangedConvolution _last;
    [ComponentName(Name = "head")]
    private readonly RangedConvolution _head;

    /// <param name="ranges">Range of each layer's output in forward order, <see cref="RangeCount"/> of them.</param>
    /// <param name="normalization">What the network does to its input first.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">Another number of ranges.</exception>
    public MobileNetV2(IReadOnlyList<OutputRange> ranges, PixelNormalization normalization, int classes = 1000) : base("mobilenet-v2")
    {
        if (ranges.Count != RangeCount)
            throw new ArgumentException($"{ranges.Count} output ranges given; the network has {RangeCount} layers.", nameof(ranges));
        Normalization = normalization;
        var rest = new Queue<OutputRange>(ranges);
        _stem = new RangedConvolution(3, StemChannels, 3, rest.Dequeue(), stride: 2);
        _blocks = nn.Sequential(Blocks.Select((block, index) =>
            (index.ToString(CultureInfo.InvariantCulture), (nn.Module<Tensor, Tensor>)new InvertedResidual(block, rest))));
        _last = new RangedConvolution(Blocks[^1].Outputs, LastChannels, 1, rest.Dequeue());
        _head = new RangedConvolution(LastChannels, classes, 1, rest.Dequeue());
        RegisterComponents();
    }

    /// <summary>The inverted residual blocks between the first convolution and the last two (table 2 of the paper).</summary>
    public static IReadOnlyList<MobileNetV2Block> Blocks { get; } =
    [
        .. Stage(32, 16, expansion: 1, stride: 1, count: 1),
        .. Stage(16, 24, expansion: 6, stride: 2, count: 2),
        .. Stage(24, 32, expansion: 6, stride: 2, count: 3),
        .. Stage(32, 64, expansion: 6, stride: 2, count: 4),
        .. Stage(64, 96, expansion: 6, stride: 1, count: 3),
        .. Stage(96, 160, expansion: 6, stride: 2, count: 3),
        .. Stage(160, 320, expansion: 6, stride: 1, count: 1),
    ];

    /// <summary>Layers whose output has a range: every convolution, and the sum of every shortcut.</summary>
    public static int RangeCount { get; } = 3 + Blocks.Sum(block => block.Ranges);

    /// <summary>What the network does to its input first.</summary>
    public PixelNormalization Normalization { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _stem.call(ChannelsLast.Order(Normalization.Apply(input)));
        features = _last.call(_blocks.call(features)).mean([2, 3], keepdim: true);
        return _head.call(features).flatten(1).MoveToOuterDisposeScope();
    }

    private static IEnumerable<MobileNetV2Block> Stage(int inputs, int outputs, int expansion, int stride, int count)
    {
        yield return new MobileNetV2Block(inputs, expansion * inputs, outputs, stride);
        for (var index = 1; index < count; index++)
            yield return new MobileNetV2Block(outputs, expansion * outputs, outputs, 1);
    }

    private sealed class InvertedResidual : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "expand")]
        private readonly RangedConvolution? _expand;
        [ComponentName(Name = "depthwise")]
        private readonly RangedConvolution _depthwise;
        [ComponentName(Name = "project")]
        private readonly RangedConvolution _project;
        private readonly OutputRange? _sum;

        public InvertedResidual(MobileNetV2Block block, Queue<OutputRange> ranges) : base(nameof(InvertedResidual))
        {
            _expand = block.HasExpansion ? new RangedConvolution(block.Inputs, block.Expanded, 1, ranges.Dequeue()) : null;
            _depthwise = new RangedConvolution(block.Expanded, block.Expanded, 3, ranges.Dequeue(), block.Stride, groups: block.Expanded);
            _project = new RangedConvolution(block.Expanded, block.Outputs, 1, ranges.Dequeue());
            _sum = block.HasShortcut ? ranges.Dequeue() : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var branch = _project.call(_depthwise.call(_expand?.call(input) ?? input));
            return (_sum is { } range ? range.Cut(branch + input) : branch).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Convolution with bias, its output cut to a range.</summary>
    private sealed class RangedConvolution : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _weight;
        [ComponentName(Name = "bias")]
        private readonly Parameter _bias;
        private readonly OutputRange _range;
        private readonly int _padding;
        private readonly int _stride;
        private readonly int _groups;

        public RangedConvolution(int inputs, int outputs, int size, OutputRange range, int stride = 1, int groups = 1) : base(nameof(RangedConvolution))
        {
            _weight = new Parameter(zeros(outputs, inputs / groups, size, size));
            _bias = new Parameter(zeros(outputs));
            (_range, _padding, _stride, _groups) = (range, size / 2, stride, groups);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            // TensorFlow's "SAME": with stride 2 and an even size the one row and column of padding come last.
            var (padded, padding) = _stride == 2 ? (nn.functional.pad(input, [0, _padding, 0, _padding]), 0) : (input, _padding);
            var features = nn.functional.conv2d(padded, _weight, _bias, strides: [_stride, _stride], padding: [padding, padding], groups: _groups);
            return _range.Cut(features).MoveToOuterDisposeScope();
        }
    }
}
