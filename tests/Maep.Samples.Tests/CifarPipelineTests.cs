using Maep.Samples.Measuring;
using Maep.Samples.OnnxFeatures;
using Maep.Samples.TreesOnPixels;
using Maep.Training.Data;
using Microsoft.ML;
using Xunit.Abstractions;

namespace Maep.Samples.Tests;

[Trait("needs", "data")]
public sealed class CifarPipelineTests(ITestOutputHelper output)
{
    private readonly MLContext _context = new(seed: 1);

    [SkippableFact]
    public void A_trainer_on_ONNX_features_is_fooled_and_the_purifier_brings_it_back_untrained()
    {
        var clean = CifarRow.Clean(Inputs.CifarTest());
        var model = FeaturePipeline.Train(_context, Training(500), Inputs.Classifier);

        var accuracy = CifarAccuracy.Measure(_context, model, FeaturePipeline.Defend(_context, model), clean, Inputs.AttackedCifar());

        output.WriteLine($"{accuracy}");
        Assert.InRange(accuracy.Clean, 80, 100);
        Assert.InRange(accuracy.Attacked, 0, 5);
        Assert.InRange(accuracy.PurifiedClean, 80, 100);
        Assert.InRange(accuracy.PurifiedAttacked, 50, 90);
    }

    [SkippableFact]
    public void LightGBM_on_pixels_is_weak_and_neither_attack_nor_purifier_changes_much()
    {
        var clean = CifarRow.Clean(Inputs.CifarTest());
        var model = TreePipeline.Train(_context, Training(500), iterations: 10);

        var accuracy = CifarAccuracy.Measure(_context, model, TreePipeline.Defend(_context, model), clean, Inputs.AttackedCifar());

        output.WriteLine($"{accuracy}");
        Assert.InRange(accuracy.Clean, 25, 60);
        Assert.InRange(accuracy.Clean - accuracy.Attacked, 0, 15);
        Assert.InRange(accuracy.PurifiedClean - accuracy.Clean, -10, 10);
        Assert.InRange(accuracy.PurifiedAttacked - accuracy.Attacked, -10, 10);
    }

    private static CifarRow[] Training(int count) => CifarRow.Clean(CifarReader.Cifar10Train(Inputs.Data()).Take(count));
}
