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
        $"{Name} {_options.Norm} epsilon {_options.Epsilon * 255:0.###}/255, {_options.Steps} steps of {_options.StepSize * 255:0.###}/255, {(_options.RandomStart ? "random" : "no random")} start{(_options.Restarts > 1 ? $", {_options.Restarts} restarts" : "")}");

    private string Name => _options switch
    {
        { Momentum: > 0 } => "MI-FGSM",
        { Steps: 1, RandomStart: false } => "FGSM",
        { RandomStart: false } => $"BIM-{_options.Steps}",
        _ => $"PGD-{_options.Steps}",
    };

    /// <inheritdoc/>
    /// <remarks>The first start moves every image, as adversarial training wants it; the others replace images that the model still gets right.</remarks>
    public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, Generator random)
    {
        AttackInput.Check(images, labels);
        using var attack = NewDisposeScope();

        var adversarial = Ascend(model, images, labels, random);
        for (var restart = 1; restart < _options.Restarts; restart++)
        {
            using var iteration = NewDisposeScope();
            var standing = Right(model, adversarial, labels).nonzero().squeeze(1);
            if (standing.shape[0] == 0)
                break;
            var next = Ascend(model, images.index_select(0, standing), labels.index_select(0, standing), random);
            adversarial = adversarial.index_copy(0, standing, next).MoveToOuterDisposeScope();
        }
        return adversarial.MoveToOuterDisposeScope();
    }

    private Tensor Ascend(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, Generator random)
    {
        using var attack = NewDisposeScope();

        var adversarial = _options.RandomStart
            ? Constrain(images + _options.Norm.Sample(images, _options.Epsilon, random), images)
            : images.alias();
        Tensor? accumulated = null;
        for (var step = 0; step < _options.Steps; step++)
        {
            using var iteration = NewDisposeScope();
            var direction = LossGradient.Of(model, adversarial, labels);
            if (_options.Momentum > 0)
            {
                direction = direction / direction.abs().mean([1, 2, 3], keepdim: true).clamp_min(1e-12); // the scale cancels in Ascent
                accumulated = accumulated is null ? direction : direction + (_options.Momentum * accumulated);
                direction = accumulated.MoveToOuterDisposeScope();
            }
            var candidate = adversarial + (_options.StepSize * _options.Norm.Ascent(direction));
            adversarial = Constrain(candidate, images).MoveToOuterDisposeScope();
        }
        return adversarial.MoveToOuterDisposeScope();
    }

    private Tensor Constrain(Tensor candidate, Tensor images) => _options.Norm.Constrain(candidate, images, _options.Epsilon);

    private static Tensor Right(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels)
    {
        using var noGradient = no_grad();
        return model.call(images).argmax(1).eq(labels);
    }
}
