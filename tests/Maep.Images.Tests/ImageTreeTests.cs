namespace Maep.Images.Tests;

public sealed class ImageTreeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whole_numbers_are_numbered_by_value_and_the_listing_says_so()
    {
        var tree = Classes([.. Enumerable.Range(0, 12).Select(number => $"{number}")]);

        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], tree.Classes.Select(folder => folder.Name));
        var note = Assert.Single(tree.Numbering);
        Assert.StartsWith("the 12 class folders are whole numbers and are numbered by value; torchvision and Keras number folders as text, '10' before '9'", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2 3", "folder '1' is class 0")]
    [InlineData("0 1 3", "folder '3' is class 2")]
    [InlineData("99999999999999999999 100000000000000000000", "folder '99999999999999999999' is class 0")]
    public void A_number_that_is_not_the_index_is_told(string names, string words)
    {
        var tree = Classes(names.Split(' '));

        Assert.Equal(names.Split(' '), tree.Classes.Select(folder => folder.Name));
        Assert.Contains(words, Assert.Single(tree.Numbering), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00 01 02 10", "the 4 class folders are whole numbers and are numbered by value: folder '10' is class 3")]
    [InlineData("0 1", "the 2 class folders are whole numbers and are numbered by value")]
    public void Where_the_order_is_that_of_the_text_nothing_is_said_of_other_readers(string names, string note) =>
        Assert.Equal([note], Classes(names.Split(' ')).Numbering);

    [Fact]
    public void Two_names_of_one_number_are_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => Classes("01", "1", "2"));

        Assert.Contains("class folders '01' and '1' are the same number; rename or merge them", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class1 class10 class2", "'class10' comes before 'class2'")]
    [InlineData("B a b", "'B' and 'b' differ only in case and are classes of their own")]
    public void Other_names_are_in_ordinal_order_and_what_may_surprise_is_told(string names, string words)
    {
        var tree = Classes(names.Split(' '));

        Assert.Equal(names.Split(' '), tree.Classes.Select(folder => folder.Name));
        Assert.Contains(words, Assert.Single(tree.Numbering), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n01440764 n01443537")]
    [InlineData("-1 -2 10")]
    [InlineData("1 10 2a")]
    [InlineData("١ ٢")]
    public void Names_that_are_no_whole_numbers_are_in_ordinal_order_without_a_word(string names)
    {
        var tree = Classes([.. names.Split(' ').Reverse()]);

        Assert.Equal(names.Split(' '), tree.Classes.Select(folder => folder.Name));
        Assert.Empty(tree.Numbering);
    }

    [Fact]
    public void What_is_passed_over_is_counted_by_extension()
    {
        foreach (var path in new[] { "a/1.JPG", "a/2.jpeg", "a/3.bmp", "a/4.BMP", "b/1.png", "b/2.webp", "b/README", "b/.DS_Store", ".cache/1.png", "a/more/1.png", "loose.png", "notes.txt" })
            File.WriteAllText(_folder.File(path.Split('/')), "");

        var tree = ImageTree.Open(_folder.Root);

        Assert.Equal([2, 1], tree.Classes.Select(folder => folder.Files.Count));
        Assert.Equal(
            [
                "passed over files in class folders that are no .png, .jpg or .jpeg (4): 2 .bmp, 1 without extension, 1 .webp",
                $"passed over folders inside class folders (1), the first '{Path.Combine("a", "more")}': images lie right in the folder of their class",
                "passed over images beside the class folders (1), the first 'loose.png': they have no class",
            ],
            tree.PassedOver);
    }

    [Fact]
    public void A_link_back_to_the_root_is_no_endless_tree()
    {
        File.WriteAllText(_folder.File("a", "1.png"), "");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "a", "loop"), _folder.Root);

        var tree = ImageTree.Open(_folder.Root);

        Assert.Single(Assert.Single(tree.Classes).Files);
        Assert.Contains(Path.Combine("a", "loop"), Assert.Single(tree.PassedOver), StringComparison.Ordinal);
    }

    private ImageTree Classes(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(_folder.File(name, "x.png"), "");
        return ImageTree.Open(_folder.Root);
    }
}
