using Maep.Training.Data;
using Maep.Training.Tests.Data;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class PairGeneratorTests : IDisposable
{
    private const int ImageBytes = 3 * 64;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Perturbations_lie_within_epsilon_and_are_not_nothing()
    {
        using var scope = NewDisposeScope();
        using var pairs = TinyPairs.Make(_folder.File("pairs.bin"));

        var (clean, adversarial) = pairs.Batch(arange(TinyPairs.Images, ScalarType.Int64), ones(TinyPairs.Images, 1, 1, 1));

        Assert.Equal((TinyPairs.Images, 8.0 / 255), (pairs.Count, pairs.Epsilon));
        Assert.Equal(RandomWeights.Values(TinyPairs.Set().PixelTensor().to(ScalarType.Float32) / 255), RandomWeights.Values(clean));
        Assert.All(RandomWeights.Values(adversarial), pixel => Assert.InRange(pixel, 0, 1));
        var largest = RandomWeights.Values((adversarial - clean).abs().flatten(1).amax([1]));
        Assert.All(largest, change => Assert.InRange(change, 7.9 / 255, (8.0 / 255) + 1e-6));
    }

    [Fact]
    public void Strength_scales_the_perturbation_of_each_image()
    {
        using var scope = NewDisposeScope();
        using var pairs = TinyPairs.Make(_folder.File("pairs.bin"));

        var (clean, adversarial) = pairs.Batch(tensor(new long[] { 3, 7 }), tensor([0f, 0.5f], [2, 1, 1, 1]));

        var largest = RandomWeights.Values((adversarial - clean).abs().flatten(1).amax([1]));
        Assert.Equal(0, largest[0]);
        Assert.InRange(largest[1], 3.9 / 255, (4.0 / 255) + 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]                          // inside the first batch
    [InlineData(4 * ImageBytes)]               // after the first batch
    [InlineData((8 * ImageBytes) + 1)]         // inside the last, smaller batch
    [InlineData(TinyPairs.Images * ImageBytes)] // complete, not yet renamed
    public void A_cut_part_file_is_continued_to_the_same_bytes(int length)
    {
        var whole = Bytes("whole.bin", TinyPairs.Recipe);
        var path = _folder.File("cut.bin");
        File.WriteAllBytes(path + ".part", whole[..length]);

        using var pairs = TinyPairs.Make(path);

        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.False(File.Exists(path + ".part"));
    }

    [Fact]
    public void A_cancelled_run_keeps_what_is_done_and_is_continued_to_the_same_bytes()
    {
        var whole = Bytes("whole.bin", TinyPairs.Recipe);
        var path = _folder.File("cancelled.bin");
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => TinyPairs.Make(path, progress: _ => cancellation.Cancel(), cancellation: cancellation.Token));

        Assert.Equal(whole[..(4 * ImageBytes)], File.ReadAllBytes(path + ".part"));
        Assert.Equal(whole, Bytes("cancelled.bin", TinyPairs.Recipe));
    }

    [Fact]
    public void A_run_that_is_cancelled_within_a_batch_makes_that_batch_again_to_the_same_bytes()
    {
        var whole = Bytes("whole.bin", TinyPairs.Recipe);
        var path = _folder.File("cancelled.bin");
        using var cancellation = new CancellationTokenSource();
        var (armed, questions) = (false, 0);
        var generator = new PairGenerator(TinyPairs.Recipe, _ => new Asked(() =>
        {
            if (!armed)
                return;
            questions++;
            cancellation.Cancel();
        }));

        Assert.Throws<OperationCanceledException>(() => generator.LoadOrMake(TinyPairs.Set(), path, _ => armed = true, cancellation.Token));

        Assert.Equal(1, questions);
        Assert.Equal(whole[..(4 * ImageBytes)], File.ReadAllBytes(path + ".part"));
        Assert.Equal(whole, Bytes("cancelled.bin", TinyPairs.Recipe));
    }

    private sealed class Asked(Action question) : TorchSharp.torch.nn.Module<Tensor, Tensor>(nameof(Asked))
    {
        public override Tensor forward(Tensor input)
        {
            question();
            return input.mean([2, 3]);
        }
    }

    [Fact]
    public void One_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var recipe = TinyPairs.Recipe with { Attacks = [new PairAttack { Steps = 1, StepSizeOver255 = 1 }] };

        var (first, second, other) = (Bytes("1.bin", recipe), Bytes("2.bin", recipe), Bytes("3.bin", recipe with { Seed = 2 }));

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Pairs_that_exist_are_read_without_an_attack()
    {
        var path = _folder.File("pairs.bin");
        TinyPairs.Make(path).Dispose();
        var made = 0;

        using var pairs = TinyPairs.Make(path, progress: _ => made++);

        Assert.Equal(0, made);
        Assert.Equal(TinyPairs.Images, pairs.Count);
    }

    [Fact]
    public void Attacked_from_its_prediction_a_wrong_label_makes_no_difference()
    {
        var recipe = TinyPairs.Recipe with { FromPrediction = true };
        var relabelled = new LabelledImages("tiny", [.. Enumerable.Range(0, TinyPairs.Images).SelectMany(image => TinyPairs.Set().Image(image).ToArray())], new int[TinyPairs.Images], 8, 8, ["red"]);

        var bytes = Bytes("labels.bin", recipe);
        new PairGenerator(recipe, _ => new TinyPairs.ChannelMeans()).LoadOrMake(relabelled, _folder.File("relabelled.bin"), _ => { }, default).Dispose();

        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("relabelled.bin")));
        Assert.NotEqual(bytes, Bytes("by-label.bin", TinyPairs.Recipe));
    }

    [Fact]
    public void A_classifier_keeps_the_tensors_that_it_made_for_itself_from_batch_to_batch()
    {
        var bytes = Bytes("plain.bin", TinyPairs.Recipe);

        new PairGenerator(TinyPairs.Recipe, _ => new MeansTimesOwnTensor()).LoadOrMake(TinyPairs.Set(), _folder.File("scaled.bin"), _ => { }, default).Dispose();

        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("scaled.bin")));
    }

    [Fact]
    public void A_file_for_another_number_of_images_is_refused()
    {
        var path = _folder.File("pairs.bin");
        File.WriteAllBytes(path, new byte[ImageBytes]);

        var error = Assert.Throws<InvalidDataException>(() => TinyPairs.Make(path));

        Assert.Equal($"{path}: 192 bytes; 10 images need 1920. Delete it to make the pairs again.", error.Message);
    }

    [Fact]
    public void An_unknown_attack_is_refused_with_the_known_ones()
    {
        var recipe = TinyPairs.Recipe with { Attacks = [new PairAttack { Kind = "cw" }] };

        var error = Assert.Throws<InvalidDataException>(() => TinyPairs.Make(_folder.File("pairs.bin"), recipe));

        Assert.Equal("Attack kind 'cw' is not known; use fgsm, bim, pgd or mifgsm.", error.Message);
    }

    // Holds a tensor that is no parameter, as networks read from ONNX do.
    private sealed class MeansTimesOwnTensor() : TorchSharp.torch.nn.Module<Tensor, Tensor>(nameof(MeansTimesOwnTensor))
    {
        private readonly List<Tensor> _scale = [ones(3)];

        public override Tensor forward(Tensor input) => input.mean([2, 3]) * _scale[0];
    }

    private byte[] Bytes(string name, PairRecipe recipe)
    {
        TinyPairs.Make(_folder.File(name), recipe).Dispose();
        return File.ReadAllBytes(_folder.File(name));
    }
}
