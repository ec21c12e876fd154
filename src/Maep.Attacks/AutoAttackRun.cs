using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// AutoAttack over a whole data set as the original runs it: attack by attack, each over batches of the images still standing. Every batch is written to
/// a JSON file, and a run that was killed goes on from there; per-image randomness makes the result the same.
/// </summary>
/// <param name="attack">The attacks.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="statePath">File of the state; null keeps none.</param>
/// <param name="batchSize">Images attacked together; 250 in the original.</param>
/// <param name="subject">What tells the model from others beside its weights: the digest of a file, a setting. A black box has no weights at all.</param>
public sealed class AutoAttackRun(AutoAttack attack, long seed = 0, string? statePath = null, int batchSize = 250, string subject = "")
{
    private sealed record State(string Attack, long Seed, string Inputs, int Current, int Next, int[] FooledBy);

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Runs what the state file does not hold yet.</summary>
    /// <param name="model">Images to logits, in evaluation mode.</param>
    /// <param name="images">[N, C, H, W] in [0, 1].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="progress">Receives the name of the attack under way and the number of images still robust.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    /// <exception cref="InvalidDataException">The state file is damaged or belongs to another run.</exception>
    public AutoAttackReport Evaluate(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, Action<string, int>? progress = null, CancellationToken cancellation = default)
    {
        AttackInput.Check(images, labels);
        using var noGradient = no_grad();
        using var frozen = new FrozenParameters(model);
        var state = Load(Fingerprint(model, images, labels)) ?? Begin(model, images, labels);
        var streams = new ImageStreams(seed, 0, images.shape[0]);
        while (state.Current < attack.Attacks.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            long[] batch = [.. Standing(state).Take(batchSize)];
            progress?.Invoke(attack.Attacks[state.Current], state.FooledBy.Count(by => by == AutoAttackReport.Robust));
            state = batch.Length == 0 || attack.Epsilon == 0
                ? state with { Current = state.Current + 1, Next = 0 }
                : Attack(state, model, images, labels, streams, batch);
            Save(state);
        }
        return new AutoAttackReport(attack.Attacks, state.FooledBy);
    }

    private static IEnumerable<long> Standing(State state)
    {
        for (var image = state.Next; image < state.FooledBy.Length; image++)
        {
            if (state.FooledBy[image] == AutoAttackReport.Robust)
                yield return image;
        }
    }

    private State Attack(State state, nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels, ImageStreams streams, long[] batch)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(batch, device: images.device);
        var found = attack.Run(state.Current, model, images.index_select(0, rows), labels.index_select(0, rows), streams.Select(rows).Fork(state.Current));
        var (fooled, fooledBy) = (found.Fooled.cpu().data<bool>().ToArray(), state.FooledBy.ToArray());
        foreach (var (image, hit) in batch.Zip(fooled))
        {
            if (hit)
                fooledBy[image] = state.Current;
        }
        return state with { Next = (int)batch[^1] + 1, FooledBy = fooledBy };
    }

    private State Begin(nn.Module<Tensor, Tensor> model, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var right = cat([.. images.split(batchSize).Zip(labels.split(batchSize), (some, someLabels) => model.call(some).argmax(1).eq(someLabels))], 0);
        int[] fooledBy = [.. right.cpu().data<bool>().Select(correct => correct ? AutoAttackReport.Robust : AutoAttackReport.WrongWhenClean)];
        return new State(attack.Description, seed, Fingerprint(model, images, labels), 0, 0, fooledBy);
    }

    private State? Load(string inputs)
    {
        if (statePath is null || !File.Exists(statePath))
            return null;
        State? state;
        try
        {
            state = JsonSerializer.Deserialize<State>(File.ReadAllText(statePath), Format);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{statePath}: no state of an AutoAttack run ({fault.Message}); delete it to start again.", fault);
        }
        var here = (attack.Description, seed, inputs);
        return (state?.Attack, state?.Seed, state?.Inputs) == here
            ? state
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{statePath}: belongs to '{state?.Attack}' with seed {state?.Seed} on other or the same weights and images; this run is '{attack.Description}' with seed {seed}. Name another file, or delete it to start again."));
    }

    private void Save(State state)
    {
        if (statePath is not null)
            AtomicFile.WriteText(statePath, JsonSerializer.Serialize(state, Format));
    }

    private string Fingerprint(nn.Module model, Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in model.state_dict().Values.Append(images).Append(labels))
            digest.AppendData(part.cpu().contiguous().bytes);
        digest.AppendData(Encoding.UTF8.GetBytes(subject));
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
