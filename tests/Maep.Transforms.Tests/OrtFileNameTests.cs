using Microsoft.ML;
using Microsoft.ML.Data;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Loading goes on where a random file name of ML.NET ended in ".ort", and only there.</summary>
public sealed class OrtFileNameTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void The_error_of_a_good_network_under_such_a_name_is_recognised_and_loading_repeated()
    {
        var unlucky = Path.Combine(Path.GetDirectoryName(fixture.Fixed)!, "a.ort");
        File.Copy(fixture.Fixed, unlucky);
        var names = new Queue<string>([unlucky, unlucky, fixture.Fixed]);

        var error = Assert.ThrowsAny<Exception>(() => Apply(unlucky));
        using var transformer = OrtFileName.Retry(() => Apply(names.Dequeue()));

        Assert.True(OrtFileName.IsToBlame(error), error.ToString());
        Assert.Empty(names);
    }

    [Fact]
    public void An_error_that_stays_is_thrown_after_the_third_time()
    {
        var attempts = 0;

        Assert.Throws<InvalidOperationException>(() => OrtFileName.Retry<int>(() =>
        {
            attempts++;
            throw new InvalidOperationException("outer", new InvalidDataException("[ErrorCode:InvalidProtobuf] ORT model verification failed."));
        }));

        Assert.Equal(3, attempts);
    }

    [Fact]
    public void Another_error_is_thrown_at_once()
    {
        var attempts = 0;

        Assert.Throws<FormatException>(() => OrtFileName.Retry<int>(() =>
        {
            attempts++;
            throw new FormatException("no model");
        }));

        Assert.Equal(1, attempts);
    }

    [Fact]
    public void Load_gives_the_model_and_its_schema_from_a_file_and_from_a_stream()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(3));
        using var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);
        var expected = ReadVectors(transformer.Transform(data), "Purified");
        var path = fixture.NewPath(".zip");
        _context.Model.Save(transformer, data.Schema, path);
        using var stream = new MemoryStream([.. File.ReadAllBytes(path)]);

        var fromFile = PurifiedPipeline.Load(_context, path, out var schema);
        var fromStream = PurifiedPipeline.Load(_context, stream, out _);

        Assert.Equal(data.Schema.Select(column => column.Name), schema!.Select(column => column.Name));
        Assert.Equal(expected, ReadVectors(fromFile.Transform(data), "Purified"));
        Assert.Equal(expected, ReadVectors(fromStream.Transform(data), "Purified"));
    }

    private Microsoft.ML.Transforms.Onnx.OnnxTransformer Apply(string path) =>
        _context.Transforms.ApplyOnnxModel("maep.purified", "maep.image", path).Fit(_context.Data.LoadFromEnumerable(Vectors(1).Select(row => new Input { Image = row.Pixels })));

    private sealed class Input
    {
        [ColumnName("maep.image"), VectorType(1, 3, Size, Size)]
        public float[] Image { get; set; } = [];
    }
}
