using Maep.Attacks;
using Maep.Samples.PhotoClassification;
using Xunit.Abstractions;

namespace Maep.Samples.Tests;

[Trait("needs", "data")]
public sealed class PhotoClassificationTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-photos-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void The_attack_fools_MobileNetV2_and_the_tiled_purifier_keeps_clean_photographs_but_does_not_help_attacked_ones()
    {
        var (photos, classIndex, classifier) = Inputs.Photographs();
        var attack = new ProjectedGradientDescent(new PgdOptions { Epsilon = 4.0 / 255, StepSize = 1.0 / 255 });

        var accuracy = new PhotoPipeline(classifier).Measure(PhotoRow.Find(photos, classIndex, 12), attack, _folder);

        output.WriteLine($"{accuracy}");
        Assert.InRange(accuracy.Clean, 7, 12);
        Assert.InRange(accuracy.Attacked, 0, 1);
        Assert.InRange(accuracy.PurifiedClean - accuracy.Clean, -2, 2);
        Assert.InRange(accuracy.PurifiedAttacked, 0, 3); // a purifier that does better belongs into samples/README.md
    }
}
