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
        using var attack = new CachedAttack(_inner, _model);
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
        using var attack = new CachedAttack(_inner, _model);
        using var images = RandomImages.Noise(4, 8, 8, seed: 1);
        using var others = RandomImages.Noise(4, 8, 8, seed: 2);

        Perturb(attack, _model, images).Dispose();
        Perturb(attack, _model, others).Dispose();
        Perturb(attack, new MeanChannelClassifier(-1), images).Dispose();
        Perturb(attack, new MeanChannelClassifier(-1), images).Dispose();

        Assert.Equal(4, _inner.Calls);
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

        public Tensor Perturb(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams)
        {
            Calls++;
            return images + 0.01;
        }
    }
}
