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
    /// <param name="random">Source of randomness.</param>
    /// <returns>[N, C, H, W], each image's perturbation within <paramref name="epsilon"/>.</returns>
    public abstract Tensor Sample(Tensor images, double epsilon, Generator random);

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

    private sealed class LinfNorm : PerturbationNorm
    {
        public override Tensor Sample(Tensor images, double epsilon, Generator random) =>
            rand(images.shape, ScalarType.Float32, images.device, generator: random) * (2 * epsilon) - epsilon;

        public override Tensor Ascent(Tensor gradient) => gradient.sign();

        public override Tensor Project(Tensor perturbation, double epsilon) => perturbation.clamp(-epsilon, epsilon);

        public override Tensor Measure(Tensor perturbation) => perturbation.abs().flatten(1).amax([1]);

        public override string ToString() => "Linf";
    }

    private sealed class L2Norm : PerturbationNorm
    {
        // Uniform in the ball: Gaussian direction, radius epsilon * u^(1/d).
        public override Tensor Sample(Tensor images, double epsilon, Generator random)
        {
            var direction = Ascent(randn(images.shape, ScalarType.Float32, images.device, generator: random));
            var radius = rand([images.shape[0], 1, 1, 1], ScalarType.Float32, images.device, generator: random);
            return direction * radius.pow(1.0 / images[0].numel()) * epsilon;
        }

        public override Tensor Ascent(Tensor gradient) => gradient / PerImage(Measure(gradient)).clamp_min(1e-12);

        public override Tensor Project(Tensor perturbation, double epsilon) =>
            perturbation * (epsilon / PerImage(Measure(perturbation)).clamp_min(1e-12)).clamp_max(1);

        public override Tensor Measure(Tensor perturbation) => perturbation.flatten(1).norm(1, false, 2);

        private static Tensor PerImage(Tensor values) => values.reshape(-1, 1, 1, 1);

        public override string ToString() => "L2";
    }
}
