using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Classifiers;

/// <summary>
/// A small network that learns CIFAR-10 in a few epochs, in the spirit of cifar10-airbench (Jordan, 2024): a fixed whitening convolution on 2x2 patches,
/// three stages of convolution, pooling and batch normalisation, global maximum, one linear layer. Images [N, 3, 32, 32] in [0, 1] to logits [N, K].
/// </summary>
public sealed class FastConvNet : nn.Module<Tensor, Tensor>
{
    private const int WhiteningSize = 2;

    [ComponentName(Name = "whiten")]
    private readonly Conv2d _whiten;
    [ComponentName(Name = "stages")]
    private readonly Sequential _stages;
    [ComponentName(Name = "head")]
    private readonly Linear _head;

    /// <param name="options">Widths and classes.</param>
    /// <param name="normalization">Null means CIFAR-10's statistics.</param>
    public FastConvNet(FastConvNetOptions options, PixelNormalization? normalization = null) : base("fastconvnet")
    {
        Options = options;
        Normalization = normalization ?? PixelNormalization.Cifar10;
        var whitened = 2 * 3 * WhiteningSize * WhiteningSize; // each eigenvector and its negative
        _whiten = nn.Conv2d(3, whitened, WhiteningSize);
        int[] inputs = [whitened, .. options.Widths.SkipLast(1)];
        _stages = nn.Sequential(options.Widths.Select((width, index) =>
            (index.ToString(System.Globalization.CultureInfo.InvariantCulture), (nn.Module<Tensor, Tensor>)new Stage(inputs[index], width))));
        _head = nn.Linear(options.Widths[^1], options.Classes, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Widths and classes.</summary>
    public FastConvNetOptions Options { get; }

    /// <summary>What the network does to its input first.</summary>
    public PixelNormalization Normalization { get; }

    /// <summary>Sets the first layer to whiten 2x2 patches of the training images; it is not trained after that.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1], a few thousand.</param>
    public void Whiten(Tensor images)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var patches = Normalization.Apply(images).unfold(2, WhiteningSize, 1).unfold(3, WhiteningSize, 1)
            .permute(0, 2, 3, 1, 4, 5).reshape(-1, 3 * WhiteningSize * WhiteningSize).to(ScalarType.Float64);
        var covariance = patches.t().matmul(patches) / patches.shape[0];
        var (values, vectors) = linalg.eigh(covariance);
        var filters = (vectors / (values + 5e-4).sqrt()).t().to(ScalarType.Float32).reshape(-1, 3, WhiteningSize, WhiteningSize);
        _whiten.weight!.copy_(cat([filters, -filters], 0));
        _whiten.weight.requires_grad = false;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = nn.functional.gelu(_whiten.call(ChannelsLast.Order(Normalization.Apply(input))));
        features = _stages.call(features).amax([2, 3]);
        return (_head.call(features) * Options.LogitScale).MoveToOuterDisposeScope();
    }

    /// <summary>Convolution, 2x2 maximum, batch normalisation, GELU, convolution, batch normalisation, GELU.</summary>
    internal sealed class Stage : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "conv1")]
        private readonly Conv2d _conv1;
        [ComponentName(Name = "bn1")]
        private readonly BatchNorm2d _norm1;
        [ComponentName(Name = "conv2")]
        private readonly Conv2d _conv2;
        [ComponentName(Name = "bn2")]
        private readonly BatchNorm2d _norm2;

        public Stage(int inputs, int outputs) : base(nameof(Stage))
        {
            _conv1 = nn.Conv2d(inputs, outputs, 3, padding: 1, bias: false);
            _norm1 = nn.BatchNorm2d(outputs);
            _conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            _norm2 = nn.BatchNorm2d(outputs);
            using (no_grad())
            {
                // Identity on the first channels, as airbench: features pass through the untrained network unharmed.
                var same = Math.Min(inputs, outputs);
                nn.init.dirac_(_conv1.weight!.narrow(0, 0, same));
                nn.init.dirac_(_conv2.weight!);
            }
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var features = nn.functional.max_pool2d(_conv1.call(input), 2);
            features = nn.functional.gelu(_norm1.call(features));
            return nn.functional.gelu(NormalizedConvolution.Call(_conv2, _norm2, features)).MoveToOuterDisposeScope();
        }
    }
}
