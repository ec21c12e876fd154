using System.Diagnostics;
using System.Text.Json;
using Maep.Networks;
using Maep.Networks.Classifiers;
using static TorchSharp.torch;

namespace Maep.Training.Tests.Classifiers;

/// <summary>Checkpoints that Debian's python3-torch wrote, with the logits that it computed.</summary>
public sealed class TorchCheckpointTests(TorchCheckpointTests.Written written) : IClassFixture<TorchCheckpointTests.Written>
{
    private static readonly PixelNormalization Asked = new([0.4f, 0.5f, 0.6f], [0.2f, 0.25f, 0.3f]);

    [SkippableTheory, Trait("needs", "python3-torch")]
    [InlineData("wrn.pt", "wrn", "wrn-10-2", null)]
    [InlineData("wrn-legacy.pth", "wrn", "wrn-10-2", null)]
    [InlineData("preact.pt", "preact", "preact-resnet-18", "preact-resnet-18")]
    [InlineData("preact-legacy.pth", "preact", "preact-resnet-18", "preact-resnet-18")]
    [InlineData("preact-v1.pt", "preact-v1", "preact-resnet-18-v1", "preact-resnet-18-v1")]
    [InlineData("preact-bn.pt", "preact-bn", "preact-resnet-18", "preact-resnet-18")]
    [InlineData("cifar18.pt", "cifar18", "resnet-18", null)]
    [InlineData("tv18.pt", "tv18", "resnet-18", "resnet-18")]
    [InlineData("tv50.pt", "tv50", "resnet-50", null)]
    public void A_checkpoint_gives_the_logits_that_pytorch_computes(string file, string kind, string architecture, string? asked)
    {
        Skip.If(written.Reason is not null, written.Reason);
        using var scope = NewDisposeScope();
        var images = tensor(written.Facts.GetProperty("images").Deserialize<float[]>()!, [2, 3, 32, 32]);
        var expected = written.Facts.GetProperty("logits").GetProperty(kind).Deserialize<float[]>()!;

        var opened = PublishedClassifier.Open(Path.Combine(written.Folder, file), new ClassifierForm(asked));

        Assert.Equal(architecture, opened.Architecture);
        var logits = RandomWeights.Values(opened.Network.call(images));
        var scale = expected.Max(Math.Abs);
        Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First / scale, pair.Second / scale, 1e-5f));
    }

    [SkippableFact, Trait("needs", "python3-torch")]
    public void Another_normalisation_gives_other_logits()
    {
        Skip.If(written.Reason is not null, written.Reason);
        using var scope = NewDisposeScope();
        var images = tensor(written.Facts.GetProperty("images").Deserialize<float[]>()!, [2, 3, 32, 32]);
        var path = Path.Combine(written.Folder, "wrn.pt");

        var (plain, asked) = (PublishedClassifier.Open(path, new ClassifierForm()), PublishedClassifier.Open(path, new ClassifierForm(Normalization: Asked)));

        Assert.NotEqual(RandomWeights.Values(plain.Network.call(images)), RandomWeights.Values(asked.Network.call(images)));
        Assert.Equal(RandomWeights.Values(plain.Network.call(Asked.Apply(images))), RandomWeights.Values(asked.Network.call(images)));
    }

    [SkippableTheory, Trait("needs", "python3-torch")]
    [InlineData("whole.pt", "whole __main__.Net object")]
    [InlineData("script.pt", "TorchScript")]
    public void Code_is_not_run_but_refused(string file, string reason)
    {
        Skip.If(written.Reason is not null, written.Reason);

        var error = Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(Path.Combine(written.Folder, file)));

        Assert.True(error.Message.Contains(reason, StringComparison.Ordinal), error.Message);
        Assert.Contains("torch.save(model.state_dict()", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact, Trait("needs", "python3-torch")]
    public void Half_precision_is_read()
    {
        Skip.If(written.Reason is not null, written.Reason);

        var weights = TorchCheckpoint.Load(Path.Combine(written.Folder, "half.pt"));

        Assert.Equal(["bias", "weight"], weights.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ScalarType.Float32, weights["weight"].dtype);
    }

    [SkippableTheory, Trait("needs", "python3-torch")]
    [InlineData("half.pt")]
    [InlineData("wrn-legacy.pth")]
    public void A_file_that_is_cut_or_changed_is_an_error_and_no_crash(string file)
    {
        Skip.If(written.Reason is not null, written.Reason);
        var bytes = File.ReadAllBytes(Path.Combine(written.Folder, file));
        var path = Path.Combine(written.Folder, "damaged.pt");
        var random = new Random(1);
        for (var trial = 0; trial < 60; trial++)
        {
            var damaged = trial % 2 == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
            if (trial % 2 == 1)
                damaged[random.Next(Math.Min(damaged.Length, 900))] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, damaged);
            try
            {
                TorchCheckpoint.Load(path); // a changed name or number may still be a file
            }
            catch (InvalidDataException fault)
            {
                Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void What_a_pickle_asks_for_is_not_done()
    {
        var path = Path.Combine(written.Folder, "evil.pt");
        var made = Path.Combine(written.Folder, "made-by-pickle");
        // A legacy file whose object is os.system('touch ...').
        byte[] magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
        byte[] version = [0x80, 2, (byte)'M', 0xe9, 3, (byte)'.'];
        byte[] nothing = [0x80, 2, (byte)'}', (byte)'.'];
        byte[] call = [.. System.Text.Encoding.ASCII.GetBytes($"cos\nsystem\n(S'touch {made}'\ntR.")];
        File.WriteAllBytes(path, [.. magic, .. version, .. nothing, .. call, 0x80, 2, (byte)']', (byte)'.']);

        Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(path));

        Assert.False(File.Exists(made));
    }

    [Fact]
    public void A_dictionary_that_holds_itself_ends()
    {
        var path = Path.Combine(written.Folder, "cycle.pt");
        byte[] magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
        byte[] version = [0x80, 2, (byte)'M', 0xe9, 3, (byte)'.'];
        byte[] nothing = [0x80, 2, (byte)'}', (byte)'.'];
        byte[] cycle = [0x80, 2, (byte)'}', (byte)'q', 0, .. "U\u0005model"u8, (byte)'h', 0, (byte)'s', (byte)'.'];
        File.WriteAllBytes(path, [.. magic, .. version, .. nothing, .. cycle, 0x80, 2, (byte)']', (byte)'.']);

        var error = Assert.Throws<InvalidDataException>(() => TorchCheckpoint.Load(path));

        Assert.Contains("no dictionary of tensors", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The folder that golden/write-checkpoints.py fills, once for all tests.</summary>
    public sealed class Written : IDisposable
    {
        private const string Python = "/usr/bin/python3";

        private readonly TemporaryFolder _folder = new();

        public Written()
        {
            if (!File.Exists(Python) || Run("-c", "import torch").ExitCode != 0)
            {
                Reason = "Debian's package python3-torch is not installed; it writes the checkpoints.";
                return;
            }
            var (exitCode, errors) = Run(Path.Combine(AppContext.BaseDirectory, "golden", "write-checkpoints.py"), Folder);
            Assert.True(exitCode == 0, errors);
            Facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "facts.json"))).RootElement;
        }

        public string Folder => _folder.Root;

        public string? Reason { get; }

        public JsonElement Facts { get; }

        public void Dispose() => _folder.Dispose();

        private static (int ExitCode, string Errors) Run(params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, errors);
        }
    }
}
