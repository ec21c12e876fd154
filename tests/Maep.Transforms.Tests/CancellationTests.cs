using Microsoft.ML.Transforms.Image;
using static Maep.Transforms.Tests.PurifierFixture;

namespace Maep.Transforms.Tests;

/// <summary>Cancellation ends a batch before its next image, and a call of ONNX Runtime before its next operator.</summary>
public sealed class CancellationTests(PurifierFixture fixture) : IClassFixture<PurifierFixture>
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(8, 2)]
    public void A_batch_under_way_ends_before_its_next_image(int images, int threads)
    {
        using var source = new CancellationTokenSource();
        var options = new AdversarialPurifierOptions { ModelPath = fixture.Fixed, OutputColumnName = "Purified", Threads = threads, Cancellation = source.Token };
        using var session = new PurifierSession(File.ReadAllBytes(fixture.Fixed), options, Assert.Fail);
        float[] batch = new float[images * Length], purified = new float[images * Length];
        var written = 0;

        void Run() => session.Run(batch, _ =>
        {
            Interlocked.Increment(ref written);
            source.Cancel();
        }, purified, [images, 3, Size, Size]);

        Assert.ThrowsAny<OperationCanceledException>(Run);
        Assert.InRange(written, 1, images == 1 ? 1 : threads == 1 ? 1 : 2);
        Assert.All(purified, value => Assert.Equal(0, value));
        Assert.ThrowsAny<OperationCanceledException>(Run);
    }

    [Fact]
    public async Task The_tiles_of_a_photograph_end_within_the_image()
    {
        using var source = new CancellationTokenSource();
        var options = new AdversarialPurifierOptions { ModelPath = PurifierModels.MaepPhotos, OutputColumnName = "Purified", SizeHandling = SizeHandling.Tile, Threads = 1, Cancellation = source.Token };
        const int Side = 1000; // 1,296 tiles: seconds
        var column = new PurifiedColumn { Name = "Image", InputType = new ImageDataViewType(Side, Side), Height = Side, Width = Side, Tiles = new TileSize(Size, Size, 4) };
        using var session = new PurifierSession(PurifierGraph.For(PurifierFile.Read(PurifierModels.MaepPhotos), column), options, Assert.Fail);
        float[] image = new float[3 * Side * Side], purified = new float[3 * Side * Side];
        var begun = new TaskCompletionSource();

        var run = Task.Run(() => session.Run(image, _ => begun.SetResult(), purified, [1, 3, Side, Side]));
        await begun.Task;
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.All(purified, value => Assert.Equal(0, value)); // it never came to the end
    }
}
