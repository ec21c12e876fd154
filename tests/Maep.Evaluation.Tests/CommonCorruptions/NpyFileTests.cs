using System.Buffers.Binary;
using System.Text;
using Maep.Evaluation.CommonCorruptions;

namespace Maep.Evaluation.Tests.CommonCorruptions;

public sealed class NpyFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_version_of_the_header_is_read(int version)
    {
        Write(_path, version, "'|u1'", "(3, 2)", [1, 2, 3, 4, 5, 6]);

        var file = NpyFile.Open(_path);

        Assert.Equal("u1", file.Type);
        Assert.Equal([3, 2], file.Shape);
        Assert.Equal([3, 4, 5, 6], file.Read(1, 2));
    }

    [Fact]
    public void Labels_of_any_integer_type_are_read()
    {
        Write(_path, 1, "'<i8'", "(2,)", [9, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0]);
        var wide = NpyFile.Open(_path).ReadIntegers();
        Write(_path, 1, "'<i2'", "(2,)", [255, 255, 2, 0]);
        var narrow = NpyFile.Open(_path).ReadIntegers();

        Assert.Equal([9, 263], wide);
        Assert.Equal([-1, 2], narrow);
    }

    [Theory]
    [InlineData("'|u1'", "True", "(2,)", 2, "Fortran order")]
    [InlineData("'>i4'", "False", "(2,)", 8, "neither an array of bytes nor of integers")]
    [InlineData("'<f4'", "False", "(2,)", 8, "neither an array of bytes nor of integers")]
    [InlineData("'|u1'", "False", "(9,)", 2, "but its header promises")]
    [InlineData("'|u1'", "False", "()", 1, "a single number")]
    public void A_file_that_is_not_understood_says_why(string type, string fortran, string shape, int bytes, string words)
    {
        Write(_path, 1, type, shape, new byte[bytes], fortran);

        var error = Assert.Throws<InvalidDataException>(() => NpyFile.Open(_path));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void A_file_cut_in_its_header_says_so(int missing)
    {
        Write(_path, 1, "'|u1'", "(2,)", []);
        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..^missing]);

        var error = Assert.Throws<InvalidDataException>(() => NpyFile.Open(_path));

        Assert.StartsWith($"{_path}: truncated in its header", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_and_missing_ones_are_told_apart()
    {
        File.WriteAllText(_path, "no array");
        var other = Assert.Throws<InvalidDataException>(() => NpyFile.Open(_path));
        var missing = Assert.Throws<FileNotFoundException>(() => NpyFile.Open(_path + ".none"));

        Assert.Contains("no .npy file", other.Message, StringComparison.Ordinal);
        Assert.Contains("labels.npy", missing.Message, StringComparison.Ordinal);
    }

    internal static void Write(string path, int version, string type, string shape, byte[] content, string fortran = "False")
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': {type}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        var length = new byte[version == 1 ? 2 : 4];
        if (version == 1)
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        else
            BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. header, .. content]);
    }
}
