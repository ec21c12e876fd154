using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Maep.Networks.Purifiers;

/// <summary>
/// LIIF (Chen et al., CVPR 2021) with feature unfolding, local ensemble and cell decoding, asked for the pixels of its own features: [N, D, H, W] to [N, 3, H, W] around 0.
/// The ensemble blends what four neighbours predict by the opposite areas. A pixel that coincides with its own feature has all the weight, so that one prediction
/// is left (the others weigh 2.5e-10); in the last row and column the query is held inside the image, all areas vanish, and the pixel and its right
/// or lower neighbour count half each. So the general form, which tests compare with, shrinks to convolutions.
/// </summary>
public sealed class LocalImplicitDecoder : nn.Module<Tensor, Tensor>
{
    /// <summary>Features that a pixel sees, rows and columns.</summary>
    public const int Unfolded = 3;

    /// <summary>Distance of neighbouring pixels and size of a pixel, where an image reaches from -1 to 1 and is scaled by its pixels.</summary>
    public const float Pixel = 2;

    private const int Coordinates = 4; // row and column relative to the feature, then rows and columns of the pixel

    [ComponentName(Name = "layers")]
    private readonly Sequential _layers;
    private readonly Linear[] _linear;
    private readonly int _width;

    /// <param name="width">Channels D of the features.</param>
    /// <param name="hiddenWidth">Width of the hidden layers.</param>
    /// <param name="hiddenLayers">Hidden layers.</param>
    public LocalImplicitDecoder(int width, int hiddenWidth, int hiddenLayers) : base(nameof(LocalImplicitDecoder))
    {
        _width = width;
        _linear = [nn.Linear(FeatureValues + Coordinates, hiddenWidth), .. Enumerable.Range(1, hiddenLayers - 1).Select(_ => nn.Linear(hiddenWidth, hiddenWidth)), nn.Linear(hiddenWidth, 3)];
        // Numbered as in the published files, where a ReLU stands between two layers.
        _layers = nn.Sequential(_linear.Select((layer, index) => ((2 * index).ToString(CultureInfo.InvariantCulture), (nn.Module<Tensor, Tensor>)layer)));
        RegisterComponents();
    }

    private int FeatureValues => _width * Unfolded * Unfolded;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var columns = _linear[0].weight!.split([FeatureValues, 1, 1, 1, 1], 1);
        var (kernel, row, column) = (columns[0].reshape(-1, _width, Unfolded, Unfolded), columns[1].reshape(1, -1, 1, 1), columns[2].reshape(1, -1, 1, 1));
        var bias = _linear[0].bias! + (Pixel * (columns[3] + columns[4]).squeeze(1));
        var at = conv2d(input, kernel, bias, padding: [1, 1]); // [N, hidden, H, W]: each pixel at its own feature

        var own = Colours(at);
        var right = Colours(at[.., .., ^1.., 1..] - (Pixel * column)); // the last row at the features to the right
        var below = Colours(at[.., .., 1.., ^1..] - (Pixel * row));    // the last column at the features below
        var lastRow = (own[.., .., ^1.., ..^1] + right) / 2;
        var lastColumn = (own[.., .., ..^1, ^1..] + below) / 2;
        var upper = cat([own[.., .., ..^1, ..^1], lastColumn], 3);
        var lower = cat([lastRow, own[.., .., ^1.., ^1..]], 3);
        return cat([upper, lower], 2).MoveToOuterDisposeScope();
    }

    private Tensor Colours(Tensor first)
    {
        var values = first;
        foreach (var layer in _linear.Skip(1))
            values = conv2d(relu(values), layer.weight!.unsqueeze(2).unsqueeze(3), layer.bias!);
        return values;
    }
}
