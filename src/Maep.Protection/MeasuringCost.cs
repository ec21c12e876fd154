namespace Maep.Protection;

/// <summary>What measuring takes on this machine.</summary>
/// <param name="Bare">Seconds of one gradient of the bare classifier for one image.</param>
/// <param name="Whole">Seconds of one gradient of purifier and classifier for one image.</param>
/// <param name="Choices">Images for choices.</param>
/// <param name="Test">Images for figures that there are.</param>
internal sealed record MeasuringCost(double Bare, double Whole, int Choices, int Test)
{
    private const int FewestTest = 100;

    // Of Protocol.Protect, and of the two attacks for choices; a verdict costs a third of a gradient.
    private const int BareSteps = 1 + 10 + 16 + 10, Verdicts = 12, AdaptiveSteps = 20, AdaptiveImages = 100, ChoiceSteps = 20, ChoiceVerdicts = 4;

    /// <summary>Images that can be measured in some time: 100 at least, or as many as there are.</summary>
    public int ImagesIn(double seconds) => (int)Math.Clamp((seconds - Once(Test)) / Each, Math.Min(FewestTest, Test), Test);

    /// <summary>Seconds of measuring so many images.</summary>
    public double Of(int images) => Once(images) + (images * Each);

    private double Each => (BareSteps * Bare) + (Verdicts * Whole / 3);

    private double Once(int images) => (Choices * ((ChoiceSteps * Bare) + (ChoiceVerdicts * Whole / 3))) + (Math.Min(AdaptiveImages, images) * AdaptiveSteps * Whole);
}
