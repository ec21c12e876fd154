using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// The purifier of the paper (section 4): a ViT masked autoencoder (He et al., 2022) that maps an adversarial image, some patches hidden, to the whole clean image.
/// As a module it purifies with every patch visible (masking ratio 0, the inference of section 4.2): [N, 3, H, W] in [0, 1] to the same.
/// </summary>
public sealed class MaskedAutoencoder : TrainablePurifier
{
    private readonly PatchGrid _grid;

    [ComponentName(Name = "stem_embed")]
    private readonly Conv2d? _stemEmbed;
    [ComponentName(Name = "stem")]
    private readonly Sequential? _stem;
    [ComponentName(Name = "patch_embed")]
    private readonly Linear _patchEmbed;
    [ComponentName(Name = "blocks")]
    private readonly Sequential _encoder;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm _encoderNorm;
    [ComponentName(Name = "decoder_embed")]
    private readonly Linear _decoderEmbed;
    [ComponentName(Name = "mask_token")]
    private readonly Parameter _maskToken;
    [ComponentName(Name = "decoder_blocks")]
    private readonly Sequential _decoder;
    [ComponentName(Name = "decoder_norm")]
    private readonly LayerNorm _decoderNorm;
    [ComponentName(Name = "decoder_pred")]
    private readonly Linear _prediction;
    [ComponentName(Name = "tail")]
    private readonly Sequential? _tail;
    [ComponentName(Name = "tail_pred")]
    private readonly Conv2d? _tailPrediction;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public MaskedAutoencoder(MaskedAutoencoderOptions options) : base("maep")
    {
        options.Validate();
        Options = options;
        _grid = new PatchGrid(options.PatchSize);
        var stem = options.StemWidth;
        if (stem > 0)
        {
            _stemEmbed = nn.Conv2d(MaskedAutoencoderOptions.ImageChannels, stem, 3, padding: 1);
            _stem = Repeat(options.StemBlocks, () => new ConvolutionBlock(stem));
            _tail = Repeat(options.TailBlocks, () => new ConvolutionBlock(stem));
            _tailPrediction = nn.Conv2d(stem, MaskedAutoencoderOptions.ImageChannels, 3, padding: 1);
        }
        _patchEmbed = nn.Linear(options.PatchValues, options.EncoderWidth);
        _encoder = Repeat(options.EncoderDepth, () => new TransformerBlock(options.EncoderWidth, options.EncoderHeads));
        _encoderNorm = nn.LayerNorm(options.EncoderWidth, TransformerBlock.NormEpsilon);
        _decoderEmbed = nn.Linear(options.EncoderWidth, options.DecoderWidth);
        _maskToken = nn.Parameter(zeros(options.DecoderWidth));
        _decoder = Repeat(options.DecoderDepth, () => new TransformerBlock(options.DecoderWidth, options.DecoderHeads));
        _decoderNorm = nn.LayerNorm(options.DecoderWidth, TransformerBlock.NormEpsilon);
        _prediction = nn.Linear(options.DecoderWidth, options.PatchValues);
        RegisterComponents();
        Initialize();
    }

    /// <summary>Size and form.</summary>
    public MaskedAutoencoderOptions Options { get; }

    /// <summary>Purifies with every patch visible.</summary>
    /// <param name="input">[N, 3, H, W] in [0, 1]; the patch size divides H and W.</param>
    /// <returns>[N, 3, H, W], clamped to [0, 1].</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public override Tensor forward(Tensor input)
    {
        using var output = Reconstruct(input, null);
        return output.clamp(0, 1);
    }

    /// <inheritdoc/>
    public override int PatchSize => Options.PatchSize;

    /// <summary>Rows and columns of the images that it learns from.</summary>
    public override int? NativeSize => Options.ImageSize;

    /// <summary>The whole image from its visible patches: Psi(Phi((1 - M) * x)) of the paper, not clamped, so that the loss keeps its gradient.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <param name="mask">Which patches are hidden; null hides none.</param>
    /// <returns>[N, 3, H, W].</returns>
    /// <exception cref="ArgumentException">Another shape, or sides that the patch size does not divide.</exception>
    public override Tensor Reconstruct(Tensor images, PatchMask? mask)
    {
        Check(images);
        using var scope = NewDisposeScope();
        var visible = Centre(images); // a hidden patch becomes 0, middle grey
        if (mask is not null)
            visible = Hide(visible, mask);
        var features = Embed(visible);
        var patches = _grid.Split(features); // [N, P, h, w]
        var (rows, columns) = (patches.shape[2], patches.shape[3]);
        var encoded = Encode(PatchGrid.ToTokens(patches), rows, columns, mask);
        var decoded = _grid.Join(PatchGrid.ToGrid(Decode(encoded, rows, columns, mask), rows, columns));
        var output = Predict(features, decoded);
        if (Options.Residual)
            output = output + visible;
        return ((output / 2) + 0.5).MoveToOuterDisposeScope();
    }

    /// <summary>The encoder's tokens of an image, nothing hidden. With a convolutional stem its features reach the output past them, too.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1]; the patch size divides H and W.</param>
    /// <returns>[N, L, D].</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public override Tensor Latent(Tensor images)
    {
        Check(images);
        using var scope = NewDisposeScope();
        var patches = _grid.Split(Embed(Centre(images)));
        return Encode(PatchGrid.ToTokens(patches), patches.shape[2], patches.shape[3], null).MoveToOuterDisposeScope();
    }

    private void Check(Tensor images)
    {
        if (images.dim() != 4 || images.shape[1] != MaskedAutoencoderOptions.ImageChannels || images.shape[2] % Options.PatchSize != 0 || images.shape[3] % Options.PatchSize != 0)
            throw new ArgumentException($"Images of shape [{string.Join(", ", images.shape)}] cannot be purified; give [N, 3, H, W] with H and W multiples of {Options.PatchSize}.", nameof(images));
    }

    private static Tensor Centre(Tensor images) => (images - 0.5) * 2; // [-1, 1]

    private Tensor Hide(Tensor images, PatchMask mask)
    {
        var patches = _grid.Split(images);
        return _grid.Join(patches * mask.Hidden.logical_not().reshape(-1, 1, patches.shape[2], patches.shape[3]));
    }

    // Convolutions see the image with hidden patches at 0, so nothing of a hidden patch reaches the encoder.
    private Tensor Embed(Tensor visible) =>
        _stem is null ? visible : _stem.call(_stemEmbed!.call(ChannelsLast.Order(visible)));

    private Tensor Encode(Tensor features, long rows, long columns, PatchMask? mask)
    {
        var tokens = features;
        var positions = SinCosPositions.Of(Options.EncoderWidth, (int)rows, (int)columns).unsqueeze(0).to(features.device);
        if (mask is not null)
        {
            tokens = tokens.gather(1, mask.VisibleIndices.unsqueeze(-1).expand(-1, -1, tokens.shape[2]));
            positions = positions.expand(features.shape[0], -1, -1).gather(1, mask.VisibleIndices.unsqueeze(-1).expand(-1, -1, Options.EncoderWidth));
        }
        return _encoderNorm.call(_encoder.call(_patchEmbed.call(tokens) + positions)); // [N, K, D]
    }

    private Tensor Decode(Tensor encoded, long rows, long columns, PatchMask? mask)
    {
        var tokens = _decoderEmbed.call(encoded);
        if (mask is not null)
        {
            var all = _maskToken.expand(encoded.shape[0], rows * columns, -1);
            tokens = all.scatter(1, mask.VisibleIndices.unsqueeze(-1).expand(-1, -1, Options.DecoderWidth), tokens);
        }
        var positions = SinCosPositions.Of(Options.DecoderWidth, (int)rows, (int)columns).unsqueeze(0).to(encoded.device);
        return _prediction.call(_decoderNorm.call(_decoder.call(tokens + positions))); // [N, L, P]
    }

    private Tensor Predict(Tensor features, Tensor decoded) =>
        _tail is null ? decoded : _tailPrediction!.call(_tail.call(features + ChannelsLast.Order(decoded)));

    private void Initialize()
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (name.EndsWith("bias", StringComparison.Ordinal))
                nn.init.zeros_(parameter);
            else if (parameter.dim() == 2)
                nn.init.xavier_uniform_(parameter);
        }
        nn.init.normal_(_maskToken, 0, 0.02);
        if (_tailPrediction is not null)
            nn.init.zeros_(_tailPrediction.weight!); // the untrained residual form is the identity
    }

    private static Sequential Repeat(int count, Func<nn.Module<Tensor, Tensor>> block) =>
        nn.Sequential(Enumerable.Range(0, count).Select(index => (index.ToString(System.Globalization.CultureInfo.InvariantCulture), block())));
}
