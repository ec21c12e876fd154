using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Square attack in Linf: vertical stripes of -epsilon or epsilon, then squares of one colour at a corner of the ball.</summary>
internal sealed class LinfSquareMoves(double epsilon) : ISquareMoves
{
    public Tensor Start(Tensor images, ImageStreams streams)
    {
        var stripes = streams.Signs(images.shape[1], 1, images.shape[3]).to(images.device);
        return PerturbationNorm.Linf.Constrain(images + (epsilon * stripes), images, epsilon);
    }

    public Tensor Propose(Tensor images, Tensor best, double side, ImageStreams streams)
    {
        var size = Math.Max((long)Math.Round(side), 1);
        var inside = SquareWindow.Draw(images, size, streams.Fork(0)).Mask();
        var colour = streams.Fork(1).Signs(images.shape[1], 1, 1).to(images.device);
        return PerturbationNorm.Linf.Constrain(best + (2 * epsilon * colour * inside), images, epsilon);
    }
}
