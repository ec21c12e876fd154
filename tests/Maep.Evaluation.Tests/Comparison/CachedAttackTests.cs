using Maep.Attacks;
using Maep.Evaluation.Comparison;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Evaluation.Tests.Comparison;

public sealed class CachedAttackTests : IDisposable
{
    private readonly MeanChannelClassifier _model = new(1);
    private readonly CountingAttack _inner = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void A_batch_is_attacked_once_and_each_answer_is_the_askers_own()
    {
        using var attack = new CachedAttack(_inner, _model, "seed 0", folder: null);
        using var images = RandomImages.Noise(4, 8, 8, seed: 1);

        Tensor first;
        using (NewDisposeScope())
            first = Perturb(attack, _model, images).MoveToOuterDisposeScope();
        var before = first.data<float>().ToArray();
        first.zero_();
        using var second = Perturb(attack, _model, images);

        Assert.Equal(1, _inner.Calls);
        Assert.Equal(before, second.data<float>().ToArray());
    }

    [Fact]
    public void Other_images_and_other_models_are_attacked_anew()
    {
        using var attack = new CachedAttack(_inner, _model, "seed 0", folder: null);
        using var images = RandomImages.Noise(4, 8, 8, seed: 1);
        using var others = RandomImages.Noise(4, 8, 8, seed: 2);

        Perturb(attack, _model, images).Dispose();
        Perturb(attack, _model, others).Dispose();
        Perturb(attack, new MeanChannelClassifier(-1), images).Dispose();
        Perturb(attack, new MeanChannelClassifier(-1), images).Dispose();

        Assert.Equal(4, _inner.Calls);
    }

    [Fact]
    public void Another_run_finds_the_images_of_its_own_seed_in_the_folder()
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("maep-attacked-").FullName, "attacked");
        using var images = RandomImages.Noise(4, 8, 8, seed: 1);

        float[] Run(string subject)
        {
            using var attack = new CachedAttack(_inner, _model, subject, folder);
            using var found = Perturb(attack, _model, images);
            return found.data<float>().ToArray();
        }

        var first = Run("seed 0");
        Assert.Equal(first, Run("seed 0"));
        Assert.Equal(1, _inner.Calls);
        Run("seed 1");
        Assert.Equal(2, _inner.Calls);

        File.WriteAllText(Directory.GetFiles(folder)[0], "cut");
        File.WriteAllText(Directory.GetFiles(folder)[1], "cut");
        Assert.Contains(folder, Assert.Throws<InvalidDataException>(() => Run("seed 0")).Message, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    private static Tensor Perturb(CachedAttack attack, nn.Module<Tensor, Tensor> model, Tensor images)
    {
        using var labels = zeros([images.shape[0]], ScalarType.Int64);
        return attack.Perturb(model, images, labels, new ImageStreams(0, 0, images.shape[0]));
    }

    private sealed class CountingAttack : IAttack
    {
        public int Calls { get; private set; }

        public string Description => "counting";

        public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, CancellationToken cancellation = default)
        {
            Calls++;
            return images + 0.01;
        }
    }
}
