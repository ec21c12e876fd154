using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// Projected gradient descent (Madry et al., 2018, section 2.1): steepest ascent on the loss inside the epsilon ball.
/// Its options also give FGSM (one step), BIM (no random start) and MI-FGSM (momentum).
/// </summary>
public sealed class ProjectedGradientDescent : IAttack
{
    private readonly PgdOptions _options;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public ProjectedGradientDescent(PgdOptions options)
    {
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture,
        $"{Name} {_options.Norm} epsilon {_options.Epsilon * 255:0.###}/255, {_options.Steps} steps of {_options.StepSize * 255:0.###}/255, {(_options.RandomStart ? "random" : "no random")} start{(_options.Restarts > 1 ? $", {_options.Restarts} restarts" : "")}{(_options.Loss == PgdLoss.Margin ? ", margin loss" : "")}{(_options.StopWhenFooled ? "; success during the search" : "")}");

    private string Name => _options switch
    {
        { Momentum: > 0 } => "MI-FGSM",
        { Steps: 1, RandomStart: false } when _options.StepSize == _options.Epsilon => "FGSM",
        { RandomStart: false } => $"BIM-{_options.Steps}",
        _ => $"PGD-{_options.Steps}",
    };

    /// <inheritdoc/>
    /// <remarks>The first start moves every image, as adversarial training wants it; the others replace images that the model still gets right.</remarks>
    public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default)
    {
        AttackInput.Check(images, labels);
        if (_options.Epsilon == 0)
            return images.detach().clone(); // there is nowhere to go
        using var noGradient = no_grad();
        using var frozen = new FrozenParameters(model);
        using var attack = NewDisposeScope();

        var asked = new AskedModel(model, cancellation);
        var adversarial = new PgdAscent(asked, _options, images.detach(), labels, streams).Run();
        for (var restart = 1; restart < _options.Restarts; restart++)
        {
            using var iteration = NewDisposeScope();
            var standing = asked.Right(adversarial, labels, streams).nonzero().squeeze(1);
            if (standing.shape[0] == 0)
                break;
            var next = new PgdAscent(asked, _options, images.index_select(0, standing), labels.index_select(0, standing), streams.Select(standing).Fork(restart)).Run();
            adversarial.index_copy_(0, standing, next);
        }
        return adversarial.MoveToOuterDisposeScope();
    }
}
