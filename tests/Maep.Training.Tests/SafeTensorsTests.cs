using System.Buffers.Binary;
using System.Text;
using Maep.Networks;
using Maep.Training.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Training.Tests;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_and_metadata_come_back_as_they_were_saved()
    {
        using var scope = NewDisposeScope();
        var path = _folder.File("weights.safetensors");
        using var random = new Generator(1);
        Dictionary<string, Tensor> tensors = new()
        {
            ["matrix"] = randn([3, 5], generator: random),
            ["strided"] = randn([4, 6], generator: random).t(),
            ["scalar"] = tensor(float.Epsilon),
            ["special"] = tensor([float.NaN, float.PositiveInfinity, -0f]),
            ["parameter"] = randn([2], generator: random).requires_grad_(),
        };

        SafeTensors.Save(path, tensors, new Dictionary<string, string> { ["recipe"] = "{\"name\":\"ü\"}" });
        var (loaded, metadata) = SafeTensors.Load(path);

        Assert.Equal(tensors.Keys, loaded.Keys);
        Assert.All(tensors, pair => Assert.Equal(pair.Value.shape, loaded[pair.Key].shape));
        Assert.All(tensors, pair => Assert.Equal(RandomWeights.Values(pair.Value), RandomWeights.Values(loaded[pair.Key])));
        Assert.Equal("{\"name\":\"ü\"}", metadata["recipe"]);
        Assert.False(File.Exists(path + ".tmp"));
    }

    [Fact]
    public void A_tensor_in_parts_is_written_as_the_whole_is()
    {
        using var whole = arange(24, ScalarType.Float32).reshape(4, 3, 2);
        var (atOnce, inParts) = (_folder.File("whole.safetensors"), _folder.File("parts.safetensors"));

        SafeTensors.Save(atOnce, [new("images", whole), new("labels", whole[0])], new Dictionary<string, string>());
        SafeTensors.SaveParts(inParts, [new("images", [4, 3, 2], [whole[..3], whole[3..]]), new("labels", [3, 2], [whole[0]])], new Dictionary<string, string>());
        var error = Assert.Throws<ArgumentException>(() => SafeTensors.SaveParts(inParts, [new("images", [4, 3, 2], [whole[..3]])], new Dictionary<string, string>()));

        Assert.Equal(File.ReadAllBytes(atOnce), File.ReadAllBytes(inParts));
        Assert.Contains("'images' has 18 values in its parts; its shape [4, 3, 2] has 24", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_path_and_length()
    {
        var path = _folder.File("weights.safetensors");
        using var values = ones(7, 3);
        SafeTensors.Save(path, new Dictionary<string, Tensor> { ["a"] = values, ["b"] = values }, new Dictionary<string, string>());
        var whole = File.ReadAllBytes(path);

        for (var length = 0; length < whole.Length; length += 5)
        {
            File.WriteAllBytes(path, whole[..length]);

            var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Load(path));

            Assert.Equal($"{path}: not a complete safetensors file ({length} bytes); restore or train it again.", error.Message);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":7}""")]
    [InlineData("""[1]""")]
    public void A_header_that_does_not_fit_the_data_is_refused_with_the_path(string header)
    {
        var path = Write(header);

        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Load(path));

        Assert.StartsWith($"{path}: not a complete safetensors file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_element_type_is_refused_with_path_tensor_and_type()
    {
        var path = Write("""{"half":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""");

        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Load(path));

        Assert.Equal($"{path}: tensor 'half' has type F16; only F32 is read.", error.Message);
    }

    [Fact]
    public void A_missing_file_is_not_called_damaged()
    {
        Assert.Throws<FileNotFoundException>(() => SafeTensors.Load(_folder.File("missing.safetensors")));
    }

    private string Write(string header)
    {
        var path = _folder.File("weights.safetensors");
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. new byte[8]]);
        return path;
    }
}
