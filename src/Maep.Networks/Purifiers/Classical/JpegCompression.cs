using Maep.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// JPEG coding and decoding at a quality (Dziugaite, Ghahramani and Roy, 2016): rounding in frequency space drops what a perturbation adds there.
/// Rounding has slope 0, so gradients pass as if nothing was coded: BPDA with identity (Athalye et al., 2018).
/// </summary>
public sealed class JpegCompression : UntrainedPurifier
{
    private readonly int _quality;
    private readonly BackwardPassApproximation _coded;

    /// <param name="quality">1 to 100; 75 is what image libraries use unless told otherwise.</param>
    /// <exception cref="ArgumentException">Another quality.</exception>
    public JpegCompression(int quality = 75) : base(FormattableString.Invariant($"jpeg:{quality}"))
    {
        if (quality is < 1 or > 100)
            throw new ArgumentException($"JPEG quality {quality} must be 1 to 100; 75 is usual.");
        _quality = quality;
        _coded = new BackwardPassApproximation(Recode);
    }

    /// <inheritdoc/>
    public override string? GradientStandIn => "identity through JPEG (BPDA)";

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _coded.call(input);

    private Tensor Recode(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)images.shape[2], (int)images.shape[3]);
        var coded = (images * 255).round().to(ScalarType.Byte).cpu().contiguous().bytes.ToArray();
        var imageBytes = 3 * height * width;
        for (var at = 0; at < coded.Length; at += imageBytes)
        {
            var image = new RgbImage(coded[at..(at + imageBytes)], height, width);
            ImageFile.Decode(ImageFile.Jpeg(image, _quality), Name).Planar.CopyTo(coded, at);
        }
        using var bytes = tensor(coded, images.shape, dtype: ScalarType.Byte);
        return bytes.to(ScalarType.Float32).div(255).to(images.device).MoveToOuterDisposeScope();
    }
}
