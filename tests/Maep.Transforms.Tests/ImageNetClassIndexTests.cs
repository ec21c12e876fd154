namespace Maep.Transforms.Tests;

public sealed class ImageNetClassIndexTests : IDisposable
{
    private readonly ImageNetCFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_file_tells_index_folder_and_name()
    {
        var index = ImageNetClassIndex.Read(_fixture.WithClasses("n9", "n1", "n5").ClassIndex);

        Assert.Equal((2, 0, null), (index.Find("n5"), index.Find("n9"), index.Find("n7")));
        Assert.Equal(["name 0", "name 1", "name 2"], index.Names);
        Assert.False(index.IsImageNet);
    }

    [Theory]
    [InlineData("[]", "not JSON of that form")]
    [InlineData("{}", "no class in it")]
    [InlineData("""{ "0": ["n1", "a"], "2": ["n2", "b"] }""", "none with index 1")]
    [InlineData("""{ "0": ["n1"] }""", "none with index 0 and two texts")]
    [InlineData("""{ "0": ["n1", "a"], "1": ["n1", "b"] }""", "folder 'n1' has more than one index")]
    [InlineData("""{ "0": ["n1", "a"], "0": ["n2", "b"], "1": ["n3", "c"] }""", "not JSON of that form (Duplicate")]
    public void A_damaged_file_says_what_is_wrong(string json, string words)
    {
        File.WriteAllText(_fixture.ClassIndex, json);

        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.Read(_fixture.ClassIndex));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("""expected { "0": ["n01440764", "tench"]""", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subset_of_the_classes_needs_a_file()
    {
        var folders = Folders(["n01440764", "n01443537"]);

        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.For(null, folders));

        Assert.Contains("2 class folders in all; ImageNet has 1000", error.Message, StringComparison.Ordinal);
        Assert.Contains("--classes FILE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_without_a_gap_are_the_index_by_their_value()
    {
        var index = ImageNetClassIndex.For(null, Folders(Enumerable.Range(0, 12).Select(number => $"{number}")));

        Assert.Equal((2, 10, 11), (index.Find("2"), index.Find("10"), index.Find("11")));
        Assert.Contains("'10' before '9'", Assert.Single(index.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_from_one_on_begin_with_class_0_and_the_note_says_so()
    {
        var index = ImageNetClassIndex.For(null, Folders(["1", "2", "3"]));

        Assert.Equal(["1", "2", "3"], index.Folders);
        Assert.Contains("folder '1' is class 0", Assert.Single(index.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 1 3", "but none is 2")]
    [InlineData("2 3", "but none is 0")]
    public void Numbers_with_a_gap_do_not_tell_the_index(string names, string words)
    {
        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.For(null, Folders(names.Split(' '))));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("--classes FILE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_names_of_one_number_are_refused_also_in_different_sets()
    {
        var (first, second) = (Folders(["0", "1"], "first"), Folders(["0", "01"], "second"));

        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.For(null, [.. first, .. second]));

        Assert.Contains("'01' and '1' are the same number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_folders_of_another_set_do_not_pass_for_ImageNet()
    {
        var folders = Folders(Enumerable.Range(0, 1000).Select(index => $"n{index:D8}"));

        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.For(null, folders));

        Assert.Contains("1000 class folders, but not ImageNet's WordNet ids", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Caf\u00e9", "caf\u00e9", "'caf\u00e9' is not among the 1 classes")]
    [InlineData("Caf\u00e9", "caf\u00e9", "which has 'Caf\u00e9'")]
    [InlineData("caf\u00e9", "cafe\u0301", "its accents are characters of their own, NFD, as macOS stores them")]
    public void A_folder_whose_name_only_looks_like_one_of_the_file_is_told_apart(string listed, string folder, string words)
    {
        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.For(_fixture.WithClasses(listed).ClassIndex, Folders([folder])));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_the_file_does_not_name_is_an_error()
    {
        var folders = Folders(["n1", "cats"]);

        var error = Assert.Throws<InvalidDataException>(() => ImageNetClassIndex.For(_fixture.WithClasses("n1").ClassIndex, folders));

        Assert.Contains("'cats' is not among the 1 classes", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void All_folders_of_ImageNet_are_indexed_by_their_order_as_the_published_file_has_them()
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("MAEP_DATA") ?? "", "imagenet_class_index.json");
        Skip.IfNot(File.Exists(file), $"MAEP_DATA is '{Environment.GetEnvironmentVariable("MAEP_DATA")}', which holds no imagenet_class_index.json.");
        var published = ImageNetClassIndex.Read(file);

        var index = ImageNetClassIndex.For(null, Folders(published.Folders));

        Assert.Equal(published.Folders, index.Folders);
        Assert.True(published.IsImageNet);
    }

    private ClassFolders[] Folders(IEnumerable<string> names, string set = "images")
    {
        var root = Path.Combine(_fixture.Root, set);
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }
        return [new ClassFolders(root)];
    }
}
