using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>
/// DISCO (Ho and Vasconcelos, NeurIPS 2022): a local implicit function on the features of an EDSR, trained to give the clean colour of every pixel.
/// [N, 3, H, W] in [0, 1] to the same, any H and W from 2.
/// </summary>
public sealed class Disco : TrainablePurifier
{
    [ComponentName(Name = "encoder")]
    private readonly EdsrEncoder _encoder;
    [ComponentName(Name = "imnet")]
    private readonly LocalImplicitDecoder _decoder;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public Disco(DiscoOptions options) : base("disco")
    {
        options.Validate();
        Options = options;
        _encoder = new EdsrEncoder(options.Width, options.Blocks);
        _decoder = new LocalImplicitDecoder(options.Width, options.DecoderWidth, options.DecoderLayers);
        RegisterComponents();
    }

    /// <summary>Size.</summary>
    public DiscoOptions Options { get; }

    /// <inheritdoc/>
    public override int PatchSize => 0;

    /// <summary>Purifies as many times as the options say, each time clamped to [0, 1].</summary>
    /// <param name="input">[N, 3, H, W] in [0, 1], H and W at least 2.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var image = input;
        for (var pass = 0; pass < Options.Cascade; pass++)
            image = Reconstruct(image, null).clamp(0, 1);
        return image.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Reconstruct(Tensor images, PatchMask? mask)
    {
        if (mask is not null)
            throw new ArgumentException("DISCO hides no patches; set maskingRatio to 0.", nameof(mask));
        if (images.dim() != 4 || images.shape[1] != 3 || images.shape[2] < 2 || images.shape[3] < 2)
            throw new ArgumentException($"Images of shape [{string.Join(", ", images.shape)}] cannot be purified; give [N, 3, H, W] with H and W at least 2.", nameof(images));
        using var scope = NewDisposeScope();
        return ((_decoder.call(Latent(images)) / 2) + 0.5).MoveToOuterDisposeScope();
    }

    /// <summary>Features of the encoder.</summary>
    /// <param name="images">[N, 3, H, W] in [0, 1].</param>
    /// <returns>[N, width, H, W].</returns>
    public override Tensor Latent(Tensor images)
    {
        using var centred = (images - 0.5) * 2;
        return _encoder.call(ChannelsLast.Order(centred));
    }
}
