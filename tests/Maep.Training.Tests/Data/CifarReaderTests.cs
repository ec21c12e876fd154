using Maep.Training.Data;

namespace Maep.Training.Tests.Data;

public sealed class CifarReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cifar10Test_reads_labels_and_pixels_of_every_record()
    {
        Write10("test_batch.bin", FakeCifar.Records(labelBytes: 1, classes: 10));

        var set = CifarReader.Cifar10Test(_folder.Root);

        Assert.Equal(("cifar10-test", 10000, 32, 32), (set.Name, set.Count, set.Height, set.Width));
        Assert.Equal("class 3", set.ClassNames[3]);
        foreach (var image in new[] { 0, 1, 4321, 9999 })
        {
            Assert.Equal(image % 10, set.Labels[image]);
            Assert.Equal(FakeCifar.Pixel(image, 0), set.Image(image)[0]);
            Assert.Equal(FakeCifar.Pixel(image, 3071), set.Image(image)[3071]);
        }
    }

    [Fact]
    public void Cifar100Test_takes_the_fine_label()
    {
        WriteNames(CifarReader.Cifar100Folder, "fine_label_names.txt", 100);
        File.WriteAllBytes(_folder.File(CifarReader.Cifar100Folder, "test.bin"), FakeCifar.Records(labelBytes: 2, classes: 100));

        var set = CifarReader.Cifar100Test(_folder.Root);

        Assert.Equal((10000, 100), (set.Count, set.ClassNames.Count));
        Assert.Equal(57, set.Labels[9957]);
        Assert.Equal(FakeCifar.Pixel(9957, 0), set.Image(9957)[0]);
    }

    [Fact]
    public void The_root_may_be_the_folder_itself()
    {
        Write10("test_batch.bin", FakeCifar.Records(labelBytes: 1, classes: 10));

        var set = CifarReader.Cifar10Test(Path.Combine(_folder.Root, CifarReader.Cifar10Folder));

        Assert.Equal(10000, set.Count);
    }

    [Fact]
    public void A_truncated_file_is_refused_with_path_and_record()
    {
        Write10("test_batch.bin", new byte[(3073 * 41) + 7]);

        var error = Assert.Throws<InvalidDataException>(() => CifarReader.Cifar10Test(_folder.Root));

        Assert.Contains("test_batch.bin: 126000 bytes, so record 41 is cut", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_without_a_class_is_refused_with_path_and_record()
    {
        var records = new byte[3073 * 10000];
        records[3073 * 1234] = 10;
        Write10("test_batch.bin", records);

        var error = Assert.Throws<InvalidDataException>(() => CifarReader.Cifar10Test(_folder.Root));

        Assert.Contains("test_batch.bin: record 1234 has label 10; 0..9 allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_refused_with_the_command_that_fetches_it()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => CifarReader.Cifar10Train(_folder.Root));

        Assert.Contains(_folder.Root, error.Message, StringComparison.Ordinal);
        Assert.Contains("maep data cifar10 --to", error.Message, StringComparison.Ordinal);
        Assert.Contains("MAEP_DATA", error.Message, StringComparison.Ordinal);
        Assert.False(CifarReader.HasCifar10(_folder.Root));
    }

    [Fact]
    public void A_missing_training_file_is_named()
    {
        Write10("test_batch.bin", []);

        var error = Assert.Throws<InvalidDataException>(() => CifarReader.Cifar10Train(_folder.Root));

        Assert.Contains("data_batch_1.bin: missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_names_are_counted()
    {
        Write10("test_batch.bin", []);
        WriteNames(CifarReader.Cifar10Folder, "batches.meta.txt", 9);

        var error = Assert.Throws<InvalidDataException>(() => CifarReader.Cifar10Test(_folder.Root));

        Assert.Contains("batches.meta.txt: 9 class names, 10 expected", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Real_training_images_have_the_known_channel_means()
    {
        var root = Environment.GetEnvironmentVariable("MAEP_DATA");
        Skip.If(root is null, "MAEP_DATA is not set; let it name the folder that holds cifar-10-batches-bin.");
        Skip.IfNot(CifarReader.HasCifar10(root!), $"MAEP_DATA is '{root}', which holds no cifar-10-batches-bin.");

        var train = CifarReader.Cifar10Train(root!);

        Assert.Equal(50000, train.Count);
        var means = ChannelMeans(train);
        Assert.Equal(125.3, means[0], tolerance: 0.1);
        Assert.Equal(123.0, means[1], tolerance: 0.1);
        Assert.Equal(113.9, means[2], tolerance: 0.1);
    }

    private static double[] ChannelMeans(LabelledImages set)
    {
        var sums = new long[3];
        for (var image = 0; image < set.Count; image++)
        {
            var pixels = set.Image(image);
            for (var place = 0; place < pixels.Length; place++)
                sums[place / 1024] += pixels[place];
        }
        return Array.ConvertAll(sums, sum => sum / (1024.0 * set.Count));
    }

    private void Write10(string file, byte[] records)
    {
        WriteNames(CifarReader.Cifar10Folder, "batches.meta.txt", 10);
        File.WriteAllBytes(_folder.File(CifarReader.Cifar10Folder, file), records);
    }

    private void WriteNames(string folder, string file, int count) =>
        File.WriteAllLines(_folder.File(folder, file), [.. Enumerable.Range(0, count).Select(k => $"class {k}"), ""]);
}
