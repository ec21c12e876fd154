using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Wrong files, columns and options: the type of the exception and what its message tells.</summary>
public sealed class FaultTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<FileNotFoundException>(() => _context.Transforms.PurifyAdversarial("Image", null, "nowhere/maep.onnx"));

        Assert.Equal("No purifier at 'nowhere/maep.onnx'; write one with `maep export`, correct modelPath, or name a shipped one: maep-cifar10, maep-photos, maep-shapes10.", error.Message);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void A_truncated_file_is_named_with_a_remedy(double share)
    {
        var path = fixture.NewPath(".onnx");
        var whole = File.ReadAllBytes(fixture.Fixed);
        File.WriteAllBytes(path, whole[..(int)(share * whole.Length)]);

        var error = Assert.Throws<InvalidDataException>(() => _context.Transforms.PurifyAdversarial("Image", null, path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("`maep export`", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, 17, "IR version 99 and operator set 17")]
    [InlineData(10, 99, "IR version 10 and operator set 99")]
    public void A_file_newer_than_ONNX_Runtime_is_not_called_damaged(int ir, int opset, string found)
    {
        var path = new TinyPurifier { IrVersion = ir, Opset = opset }.Write(fixture.Folder, $"newer-{ir}-{opset}.onnx");

        var message = Assert.Throws<InvalidDataException>(() => _context.Transforms.PurifyAdversarial("Image", null, path)).Message;

        Assert.StartsWith($"{path}: ONNX Runtime 1.", message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
        Assert.Contains("newer Microsoft.ML.OnnxRuntime", message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_in_another_file_are_named_whether_it_is_there_or_not(bool exists)
    {
        var weights = $"weights-{exists}.bin";
        var path = new TinyPurifier { External = weights }.Write(fixture.Folder, $"external-{exists}.onnx");
        if (exists)
        {
            File.WriteAllBytes(Path.Combine(fixture.Folder, weights), new byte[4 * 27]);
        }

        var message = Assert.Throws<InvalidDataException>(() => _context.Transforms.PurifyAdversarial("Image", null, path)).Message;

        Assert.StartsWith($"{path}: its weights ('blur' first) are in another file, '{weights}'; a purifier is one file", message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> ModelsWithoutContract => new()
    {
        { "output", "no output 'maep.purified' (found 'output'); export it with `maep export`." },
        { "input", "no input 'maep.image' (found 'input'); export it with `maep export`." },
        { "grey", "input 'maep.image' is Single [?, 1, 32, 32]; a purifier has Single [N, 3, H, W] with N dynamic; export it with `maep export`." },
        { "one", "input 'maep.image' is Single [1, 3, 32, 32]; a purifier has Single [N, 3, H, W] with N dynamic; export it with `maep export`." },
        { "tall", "input 'maep.image' is [?, 3, ?, 32]; a purifier has height and width both fixed or both free; export it with `maep export`." },
    };

    [Theory]
    [MemberData(nameof(ModelsWithoutContract))]
    public void A_model_without_the_contract_is_refused(string variant, string fault)
    {
        var model = variant switch
        {
            "output" => new TinyPurifier { Output = "output" },
            "input" => new TinyPurifier { Input = "input" },
            "tall" => new TinyPurifier { Size = null, Width = 32 },
            "grey" => new TinyPurifier { Channels = 1 },
            _ => new TinyPurifier { Count = 1 },
        };
        var path = model.Write(fixture.Folder, $"{variant}.onnx");

        var error = Assert.Throws<InvalidDataException>(() => _context.Transforms.PurifyAdversarial("Image", null, path));

        Assert.Equal($"{path}: {fault}", error.Message);
    }

    [Theory]
    [InlineData("Nowhere", "Could not find input column 'Nowhere'")]
    [InlineData("Name", "Schema mismatch for input column 'Name': expected an image, or Vector<Single> of length 3 x height x width, got String")]
    [InlineData("Weights", "Schema mismatch for input column 'Weights'")]
    public void A_column_of_another_kind_is_refused_by_Fit_and_GetOutputSchema(string column, string message)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(1));
        var estimator = _context.Transforms.PurifyAdversarial("Purified", column, fixture.Fixed);
        // A pipeline checks schemas with GetOutputSchema before it fits.
        var pipeline = _context.Transforms.CopyColumns("Copy", "Id").Append(estimator);

        var fit = Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(data));
        var shape = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.GetOutputSchema(Shape(data)));

        Assert.StartsWith(message, fit.Message, StringComparison.Ordinal);
        Assert.StartsWith(message, shape.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_of_another_length_is_refused()
    {
        var error = FitOn(new VectorDataViewType(NumberDataViewType.Single, 100), fixture.Fixed);

        Assert.Contains("input column 'Pixels': expected Vector<Single, 3, 32, 32>, got Vector<Single, 100>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interleaved_vector_is_refused()
    {
        var error = FitOn(new VectorDataViewType(NumberDataViewType.Single, Size, Size, 3), fixture.Fixed);

        Assert.Contains("got Vector<Single, 32, 32, 3>", error.Message, StringComparison.Ordinal);
        Assert.Contains("interleavePixelColors: false", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dynamic_model_needs_the_size_in_the_type()
    {
        var vector = FitOn(new VectorDataViewType(NumberDataViewType.Single, Length), fixture.Dynamic);
        var image = FitOn(new ImageDataViewType(), fixture.Dynamic);

        Assert.Contains("takes any size", vector.Message, StringComparison.Ordinal);
        Assert.Contains("put ResizeImages before", image.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_column_of_another_size_is_refused_with_both_sizes()
    {
        var error = FitOn(new ImageDataViewType(40, 48), fixture.Fixed);

        Assert.Contains("expected images of 32x32, got images of 48x40 (width x height)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(255f)]
    [InlineData(-1.5f)]
    public void Values_that_are_no_colours_of_the_layout_are_refused_and_end_the_pass(float value)
    {
        var rows = Vectors(3);
        rows[1].Pixels[7] = value;
        var data = _context.Data.LoadFromEnumerable(rows);
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Pixels", BatchSize = 1 };
        var view = _context.Transforms.PurifyAdversarial(options).Fit(data).Transform(data);

        using var cursor = view.GetRowCursor(view.Schema);

        Assert.True(cursor.MoveNext());
        var error = Assert.Throws<InvalidOperationException>(() => cursor.MoveNext());
        Assert.Contains(FormattableString.Invariant($"Column 'Pixels' holds the value {value}, and its Layout allows -1 to 2"), error.Message, StringComparison.Ordinal);
        Assert.Contains("PixelLayout.FromExtractPixels()", error.Message, StringComparison.Ordinal);
        Assert.Same(error, Assert.Throws<InvalidOperationException>(() => cursor.MoveNext()));
    }

    [Fact]
    public void Bytes_are_colours_of_the_layout_that_says_so()
    {
        var rows = Vectors(2);
        rows[1].Pixels[7] = 255;
        var data = _context.Data.LoadFromEnumerable(rows);
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Purified", InputColumnName = "Pixels", Layout = PixelLayout.FromExtractPixels() };

        Assert.Equal(2, ReadVectors(_context.Transforms.PurifyAdversarial(options).Fit(data).Transform(data), "Purified").Length);
    }

    [Theory]
    [InlineData(0, 0, "scaleImage")]
    [InlineData(-1, 0, "scaleImage")]
    [InlineData(1, float.NaN, "offsetImage")]
    public void Arguments_that_ExtractPixels_cannot_have_had_are_named(float scale, float offset, string argument) =>
        Assert.Equal(argument, Assert.Throws<ArgumentOutOfRangeException>(() => PixelLayout.FromExtractPixels(scaleImage: scale, offsetImage: offset)).ParamName);

    [Fact]
    public void All_faulty_options_are_listed()
    {
        var error = Assert.Throws<ArgumentException>(() => _context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
        {
            ModelPath = "",
            OutputColumnName = " ",
            BatchSize = 0,
            Threads = 0,
            GpuDeviceId = -1,
        }));

        Assert.All(["ModelPath", "OutputColumnName", "BatchSize 0", "Threads 0", "GpuDeviceId -1"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_GPU_that_cannot_be_used_is_an_error_unless_the_CPU_may_stand_in(bool fromContext)
    {
        const int NoSuchDevice = 99;
        var context = new MLContext(seed: 1) { GpuDeviceId = fromContext ? NoSuchDevice : null };
        var data = context.Data.LoadFromEnumerable(Vectors(3));
        int? device = fromContext ? null : NoSuchDevice;

        var strict = context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed, device);
        var error = Assert.Throws<InvalidOperationException>(() => strict.Fit(data));
        var warnings = new List<string>();
        context.Log += (_, entry) =>
        {
            if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            {
                warnings.Add(entry.Message);
            }
        };
        var lenient = context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed, device, fallbackToCpu: true);

        Assert.Contains("GPU 99 cannot run", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, ReadVectors(lenient.Fit(data).Transform(data), "Purified").Length);
        Assert.Contains("GPU 99 cannot run", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private ArgumentOutOfRangeException FitOn(DataViewType type, string model)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Pixels", type);
        var estimator = _context.Transforms.PurifyAdversarial("Purified", "Pixels", model);
        return Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(new EmptyView(builder.ToSchema())));
    }

    /// <summary>SchemaShape.Create is internal in ML.NET.</summary>
    private static SchemaShape Shape(IDataView data)
    {
        var create = typeof(SchemaShape).GetMethod("Create", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic);
        return (SchemaShape)create!.Invoke(null, [data.Schema])!;
    }

    private sealed class EmptyView(DataViewSchema schema) : IDataView
    {
        public bool CanShuffle => false;
        public DataViewSchema Schema => schema;
        public long? GetRowCount() => 0;
        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => throw new NotSupportedException();
        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => throw new NotSupportedException();
    }
}
