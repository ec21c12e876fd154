using System.Globalization;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>What a threat model measures perturbations with: a ball around each image, its projection and its steepest direction.</summary>
public abstract class PerturbationNorm
{
    /// <summary>Largest absolute change of any pixel value.</summary>
    public static PerturbationNorm Linf { get; } = new LinfNorm();

    /// <summary>Euclidean length of the change of one image.</summary>
    public static PerturbationNorm L2 { get; } = new L2Norm();

    /// <summary>Finds a norm by the name reports use, "Linf" or "L2", in any case.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static PerturbationNorm Parse(string name) => name.ToUpperInvariant() switch
    {
        "LINF" => Linf,
        "L2" => L2,
        _ => throw new ArgumentException($"Norm '{name}' is not known; use Linf or L2.", nameof(name)),
    };

    /// <summary>Random perturbations inside the ball.</summary>
    /// <param name="images">[N, C, H, W]; only the shape counts.</param>
    /// <param name="epsilon">Radius in pixel units on [0, 1].</param>
    /// <param name="streams">Randomness of each image.</param>
    /// <returns>[N, C, H, W], each image's perturbation within <paramref name="epsilon"/>.</returns>
    public abstract Tensor Sample(Tensor images, double epsilon, ImageStreams streams);

    /// <summary>Unit step of steepest ascent for a gradient.</summary>
    /// <param name="gradient">[N, C, H, W].</param>
    /// <returns>[N, C, H, W] of norm 1 per image; 0 where the gradient is 0.</returns>
    public abstract Tensor Ascent(Tensor gradient);

    /// <summary>Nearest perturbation inside the ball.</summary>
    /// <param name="perturbation">[N, C, H, W].</param>
    /// <param name="epsilon">Radius in pixel units on [0, 1].</param>
    public abstract Tensor Project(Tensor perturbation, double epsilon);

    /// <summary>Norm of each image's perturbation.</summary>
    /// <param name="perturbation">[N, C, H, W].</param>
    /// <returns>[N].</returns>
    public abstract Tensor Measure(Tensor perturbation);

    /// <summary>Dual norm of each image's gradient: how fast a linear function rises per unit of the norm.</summary>
    /// <param name="gradient">[N, C, H, W].</param>
    /// <returns>[N].</returns>
    internal abstract Tensor DualMeasure(Tensor gradient);

    /// <summary>Brings candidates back into the ball, then into the pixel range.</summary>
    /// <param name="candidate">[N, C, H, W].</param>
    /// <param name="images">[N, C, H, W], centres of the balls, in [0, 1].</param>
    /// <param name="epsilon">Radius in pixel units on [0, 1].</param>
    /// <returns>[N, C, H, W] in [0, 1].</returns>
    public Tensor Constrain(Tensor candidate, Tensor images, double epsilon) => (images + Project(candidate - images, epsilon)).clamp(0, 1);

    /// <summary>Random perturbations of length exactly <paramref name="epsilon"/>, where AutoAttack's searches start.</summary>
    /// <param name="streams">Randomness of each image.</param>
    /// <param name="images">[N, C, H, W]; only the shape counts.</param>
    /// <param name="epsilon">Length in pixel units on [0, 1].</param>
    internal Tensor OnSphere(ImageStreams streams, Tensor images, double epsilon)
    {
        var noise = Noise(streams, images.shape.AsSpan(1)).to(images.device);
        return noise * (epsilon / Measure(noise).clamp_min(1e-12).reshape(-1, 1, 1, 1));
    }

    /// <summary>What is wrong with a radius, or null.</summary>
    internal string? Fault(double epsilon)
    {
        if (!double.IsFinite(epsilon) || epsilon < 0)
            return string.Create(CultureInfo.InvariantCulture, $"Epsilon {epsilon} must be at least 0.");
        return this == Linf && epsilon > 1
            ? string.Create(CultureInfo.InvariantCulture, $"Epsilon {epsilon} is above 1, the whole pixel range; give it on [0, 1], for example {epsilon}/255.")
            : null;
    }

    private protected abstract Tensor Noise(ImageStreams streams, ReadOnlySpan<long> shape);

    private sealed class LinfNorm : PerturbationNorm
    {
        public override Tensor Sample(Tensor images, double epsilon, ImageStreams streams) => streams.Uniform(-epsilon, epsilon, images.shape.AsSpan(1)).to(images.device);

        public override Tensor Ascent(Tensor gradient) => gradient.sign();

        public override Tensor Project(Tensor perturbation, double epsilon) => perturbation.clamp(-epsilon, epsilon);

        public override Tensor Measure(Tensor perturbation) => perturbation.abs().flatten(1).amax([1]);

        internal override Tensor DualMeasure(Tensor gradient) => gradient.abs().flatten(1).sum(1);

        private protected override Tensor Noise(ImageStreams streams, ReadOnlySpan<long> shape) => streams.Uniform(-1, 1, shape);

        public override string ToString() => "Linf";
    }

    private sealed class L2Norm : PerturbationNorm
    {
        private const long RadiusPurpose = 1;

        // Uniform in the ball: Gaussian direction, radius epsilon * u^(1/d).
        public override Tensor Sample(Tensor images, double epsilon, ImageStreams streams)
        {
            var direction = Ascent(streams.Normal(images.shape.AsSpan(1)).to(images.device));
            var radius = streams.Fork(RadiusPurpose).Uniform(0, 1, 1, 1, 1).to(images.device);
            return direction * radius.pow(1.0 / images[0].numel()) * epsilon;
        }

        public override Tensor Ascent(Tensor gradient) => gradient / PerImage(Measure(gradient)).clamp_min(1e-12);

        public override Tensor Project(Tensor perturbation, double epsilon) =>
            perturbation * (epsilon / PerImage(Measure(perturbation)).clamp_min(1e-12)).clamp_max(1);

        public override Tensor Measure(Tensor perturbation) => perturbation.flatten(1).norm(1, false, 2);

        internal override Tensor DualMeasure(Tensor gradient) => Measure(gradient);

        private static Tensor PerImage(Tensor values) => values.reshape(-1, 1, 1, 1);

        private protected override Tensor Noise(ImageStreams streams, ReadOnlySpan<long> shape) => streams.Normal(shape);

        public override string ToString() => "L2";
    }
}
