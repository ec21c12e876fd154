using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// Residual networks with activations ahead of convolutions (He et al., 2016b) for 32x32 images: PreActResNet-18 and the wide residual networks of Zagoruyko and
/// Komodakis (2016), WRN-28-10 among them. Images [N, 3, H, W] in [0, 1] to logits [N, K]. Weights have pytorch-cifar's names.
/// </summary>
public sealed class PreActResNet : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly Conv2d _conv;
    private readonly List<Sequential> _stages = [];
    [ComponentName(Name = "bn")]
    private readonly BatchNorm2d? _norm;
    [ComponentName(Name = "linear")]
    private readonly Linear _linear;

    /// <param name="options">Size and form.</param>
    /// <param name="normalization">What the network does to its input first; null for nothing.</param>
    /// <exception cref="ArgumentException">Another number of widths than of stages.</exception>
    public PreActResNet(PreActResNetOptions options, PixelNormalization? normalization = null) : base(nameof(PreActResNet))
    {
        if (options.Widths.Count != options.Blocks.Count)
            throw new ArgumentException($"{options.Widths.Count} widths are given for {options.Blocks.Count} stages; give one for each.", nameof(options));
        (Options, Normalization) = (options, normalization);
        _conv = nn.Conv2d(3, options.StemWidth, 3, padding: 1, bias: false);
        var channels = options.StemWidth;
        foreach (var (stage, blocks) in options.Blocks.Index())
        {
            List<(string, nn.Module<Tensor, Tensor>)> layers = [];
            for (var index = 0; index < blocks; index++)
            {
                layers.Add((index.ToString(CultureInfo.InvariantCulture), new Block(channels, options.Widths[stage], index == 0 && stage > 0 ? 2 : 1, options.ShortcutBeforeActivation)));
                channels = options.Widths[stage];
            }
            _stages.Add(nn.Sequential(layers));
        }
        _norm = options.FinalNorm ? nn.BatchNorm2d(channels) : null;
        _linear = nn.Linear(channels, options.Classes);
        RegisterComponents();
        foreach (var (stage, blocks) in _stages.Index())
            register_module($"layer{(stage + 1).ToString(CultureInfo.InvariantCulture)}", blocks);
    }

    /// <summary>Size and form.</summary>
    public PreActResNetOptions Options { get; }

    /// <summary>What the network does to its input first; null for nothing.</summary>
    public PixelNormalization? Normalization { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _conv.call(ChannelsLast.Order(Normalization?.Apply(input) ?? input));
        features = _stages.Aggregate(features, (value, stage) => stage.call(value));
        if (_norm is not null)
            features = nn.functional.relu(_norm.call(features));
        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>BN-ReLU-conv-BN-ReLU-conv plus the shortcut.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "bn1")]
        private readonly BatchNorm2d _norm1;
        [ComponentName(Name = "conv1")]
        private readonly Conv2d _conv1;
        [ComponentName(Name = "bn2")]
        private readonly BatchNorm2d _norm2;
        [ComponentName(Name = "conv2")]
        private readonly Conv2d _conv2;
        [ComponentName(Name = "shortcut")]
        private readonly Sequential? _shortcut;
        private readonly bool _beforeActivation;

        public Block(int inputs, int outputs, int stride, bool beforeActivation) : base(nameof(Block))
        {
            _norm1 = nn.BatchNorm2d(inputs);
            _conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false);
            _norm2 = nn.BatchNorm2d(outputs);
            _conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            _shortcut = stride == 1 && inputs == outputs ? null : nn.Sequential(("0", nn.Conv2d(inputs, outputs, 1, stride, bias: false)));
            _beforeActivation = beforeActivation;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var active = nn.functional.relu(_norm1.call(input));
            var branch = _conv2.call(nn.functional.relu(NormalizedConvolution.Call(_conv1, _norm2, active)));
            var shortcut = _shortcut?.call(_beforeActivation ? input : active) ?? input;
            return (branch + shortcut).MoveToOuterDisposeScope();
        }
    }
}
