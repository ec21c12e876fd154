namespace Maep.Evaluation;

/// <summary>Sums of an evaluation over the images so far, as its state file keeps them; see <see cref="RobustnessResult"/> for what each becomes.</summary>
internal sealed class RobustnessTally
{
    public long Tried { get; set; }

    public long BareClean { get; set; }

    public long BareRobust { get; set; }

    public long PurifiedClean { get; set; }

    public long NonAdaptive { get; set; }

    public long AdaptiveTried { get; set; }

    public long Adaptive { get; set; }

    public long AdaptiveClean { get; set; }

    public double Psnr { get; set; }

    public double Ssim { get; set; }

    public double AttackedPsnr { get; set; }

    public double Seconds { get; set; }
}
