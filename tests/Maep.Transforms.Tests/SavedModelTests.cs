using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>A saved purifier is a chain of stock transformers with the same output, bit for bit.</summary>
public sealed class SavedModelTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<bool> BothModels => [false, true];

    private string Model(bool dynamic) => dynamic ? fixture.Dynamic : fixture.Fixed;

    [Theory]
    [MemberData(nameof(BothModels))]
    public void A_vector_column_survives_save_and_load_bit_for_bit(bool dynamic)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(40));
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", Model(dynamic)).Fit(data);
        var expected = ReadVectors(transformer.Transform(data), "Purified");

        var loaded = SaveAndLoad(transformer, data.Schema);
        var view = loaded.Transform(data);

        Assert.Equal(expected, ReadVectors(view, "Purified"));
        Assert.Equal(["Id", "Name", "Weights", "Pixels", "Purified"], view.Schema.Select(column => column.Name));
    }

    [Theory]
    [MemberData(nameof(BothModels))]
    public void An_image_column_survives_save_and_load_bit_for_bit(bool dynamic)
    {
        var data = _context.Data.LoadFromEnumerable(Images(40, alpha: null));
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Image", Model(dynamic)).Fit(data);
        var expected = ReadImages(transformer.Transform(data), "Purified");

        var loaded = SaveAndLoad(transformer, data.Schema);
        var view = loaded.Transform(_context.Data.LoadFromEnumerable(Images(40, alpha: null)));

        Assert.Equal(expected, ReadImages(view, "Purified"));
        Assert.Equal(["Id", "Image", "Purified"], view.Schema.Select(column => column.Name));
    }

    [Theory]
    [InlineData("maep.image", "maep.image")]
    [InlineData("Pixels", "maep.image")]
    [InlineData("Pixels", "maep.purified")]
    [InlineData("maep.image", "Purified")]
    public void Columns_named_as_inputs_and_outputs_of_networks_survive_save_and_load(string input, string output)
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(5));
        var pipeline = _context.Transforms.CopyColumns("maep.image", "Pixels").Append(_context.Transforms.PurifyAdversarial(output, input, fixture.Fixed));
        var model = pipeline.Fit(data);
        var expected = model.Transform(data);

        var actual = SaveAndLoad(model, data.Schema).Transform(data);

        Assert.Equal(ReadVectors(expected, output), ReadVectors(actual, output));
        Assert.Equal(ReadVectors(expected, "maep.image"), ReadVectors(actual, "maep.image"));
    }

    [Fact]
    public void Images_of_another_size_than_their_type_says_are_resized_after_save_and_load_too()
    {
        IDataView Data() => _context.Data.LoadFromEnumerable([new ImageRow { Image = RandomImage(new Random(3), size: 48) }]);
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Image", SizeHandling = SizeHandling.Resize };
        var transformer = _context.Transforms.PurifyAdversarial(options).Fit(Data());
        var expected = ReadImages(transformer.Transform(Data()), "Image");

        Assert.Equal(expected, ReadImages(SaveAndLoad(transformer).Transform(Data()), "Image"));
    }

    [Fact]
    public void A_purifier_of_16_bits_survives_save_and_load_bit_for_bit()
    {
        var data = _context.Data.LoadFromEnumerable(Vectors(5));
        var path = new TinyPurifier { IsHalf = true }.Write(fixture.Folder, "half.onnx");
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", path).Fit(data);
        var expected = ReadVectors(transformer.Transform(data), "Purified");

        var loaded = SaveAndLoad(transformer, data.Schema);

        Assert.Equal(expected, ReadVectors(loaded.Transform(data), "Purified"));
        Assert.Equal(expected, ReadVectors(PurifiedPipeline.Optimize(_context, loaded).Transform(data), "Purified"));
    }

    [Fact]
    public void A_context_that_asks_for_a_GPU_can_save_what_fell_back_to_the_CPU()
    {
        var context = new MLContext { GpuDeviceId = 0, FallbackToCpu = true };
        var data = context.Data.LoadFromEnumerable(Vectors(2));
        var transformer = context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);

        Assert.Equal(ReadVectors(transformer.Transform(data), "Purified"), ReadVectors(SaveAndLoad(transformer).Transform(data), "Purified"));
    }

    [Fact]
    public void A_whole_pipeline_that_purifies_files_in_place_survives_save_and_load()
    {
        var paths = Enumerable.Range(0, 5).Select(id =>
        {
            using var image = RandomImage(new Random(id));
            var path = fixture.NewPath(".png");
            image.Save(path);
            return new PathRow { Path = path };
        }).ToList();
        var data = _context.Data.LoadFromEnumerable(paths);
        // No ResizeImages: the column's type has no size, so the saved chain brings its own.
        var pipeline = _context.Transforms.LoadImages("Image", imageFolder: "", "Path")
            .Append(_context.Transforms.PurifyAdversarial("Image", null, fixture.Fixed))
            .Append(_context.Transforms.PurifyAdversarial("Image", null, fixture.Fixed))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Image"));
        var model = pipeline.Fit(data);
        var expected = ReadVectors(model.Transform(data), "Pixels");

        var loaded = SaveAndLoad(model, data.Schema);

        Assert.Equal(expected, ReadVectors(loaded.Transform(data), "Pixels"));
    }

    [Fact]
    public void A_saved_model_needs_neither_the_file_nor_this_library()
    {
        var path = new TinyPurifier().Write(fixture.Folder, "gone.onnx");
        var data = _context.Data.LoadFromEnumerable(Vectors(5));
        var transformer = _context.Transforms.PurifyAdversarial("Purified", "Pixels", path).Fit(data);
        var expected = ReadVectors(transformer.Transform(data), "Purified");
        File.Delete(path);

        using var zip = new MemoryStream();
        _context.Model.Save(transformer, data.Schema, zip);
        transformer.Dispose();
        var loaded = PurifiedPipeline.Load(new MLContext(), zip, out _);

        Assert.Equal(expected, ReadVectors(loaded.Transform(data), "Purified"));
        Assert.DoesNotContain("Maep.Transforms", Text(zip), StringComparison.Ordinal);
        Assert.All(Parts(loaded), part => Assert.StartsWith("Microsoft.ML", part.GetType().Namespace, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_never_heard_of_this_library_runs_a_saved_pipeline_bit_for_bit()
    {
        string[] paths = [.. Enumerable.Range(0, 5).Select(id =>
        {
            using var image = RandomImage(new Random(id));
            var path = fixture.NewPath(".png");
            image.Save(path);
            return path;
        })];
        var data = _context.Data.LoadFromEnumerable(paths.Select(path => new PathRow { Path = path }).ToList());
        var model = _context.Transforms.LoadImages("Image", imageFolder: "", "Path")
            .Append(_context.Transforms.PurifyAdversarial("Image", null, PurifierModels.MaepCifar10))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Image")).Fit(data);
        var (zip, list, output) = (fixture.NewPath(".zip"), fixture.NewPath(".txt"), fixture.NewPath(".bin"));
        _context.Model.Save(model, data.Schema, zip);
        await File.WriteAllLinesAsync(list, paths);

        var loader = Path.Combine(AppContext.BaseDirectory.Replace("Maep.Transforms.Tests", "Maep.StockLoader", StringComparison.Ordinal), "Maep.StockLoader.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [loader, zip, list, "Pixels", output]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, error);
        Assert.Equal(ReadVectors(model.Transform(data), "Pixels").SelectMany(vector => vector), MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(output)).ToArray());
    }

    /// <summary>All entries of a zip, as Latin-1.</summary>
    private static string Text(MemoryStream zip)
    {
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        return string.Concat(archive.Entries.Select(entry =>
        {
            using var reader = new StreamReader(entry.Open(), Encoding.Latin1);
            return reader.ReadToEnd();
        }));
    }

    private static IEnumerable<ITransformer> Parts(ITransformer transformer) =>
        transformer is TransformerChain<ITransformer> chain ? chain.SelectMany(Parts).Append(chain) : [transformer];
}
