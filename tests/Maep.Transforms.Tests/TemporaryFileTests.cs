using Microsoft.ML;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Nothing stays in the temporary folders, neither in the process's nor in the context's. Alone: TMPDIR belongs to the whole process.</summary>
[Collection(nameof(TemporaryFileTests))]
[CollectionDefinition(nameof(TemporaryFileTests), DisableParallelization = true)]
public sealed class TemporaryFileTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_Save_Load_and_Optimize_leave_no_temporary_file(bool ofContext)
    {
        var folder = Directory.CreateDirectory(fixture.NewPath(".tmp")).FullName;
        var before = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", folder);
        try
        {
            var context = new MLContext(seed: 1);
            if (ofContext)
            {
                context.TempFilePath = Directory.CreateDirectory(Path.Combine(folder, "of-context")).FullName;
            }
            var data = context.Data.LoadFromEnumerable(Vectors(2));
            var transformer = context.Transforms.PurifyAdversarial("Purified", "Pixels", fixture.Fixed).Fit(data);
            Assert.Empty(Files(folder));

            using var zip = new MemoryStream();
            context.Model.Save(transformer, data.Schema, zip);
            transformer.Dispose();
            Assert.Empty(Files(folder));

            // ML.NET keeps a file for each network of a loaded model until that is disposed; Optimize disposes those it replaces.
            var loaded = PurifiedPipeline.Load(context, zip, out _);
            var optimized = PurifiedPipeline.Optimize(context, loaded);
            Assert.Empty(Files(folder));

            Assert.Equal(2, ReadVectors(optimized.Transform(data), "Purified").Length);
            context.Model.Save(optimized, data.Schema, new MemoryStream());
            (optimized as IDisposable)?.Dispose();
            Assert.Empty(Files(folder));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }

    private static string[] Files(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
}
