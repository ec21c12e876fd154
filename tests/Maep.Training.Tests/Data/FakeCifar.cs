namespace Maep.Training.Tests.Data;

/// <summary>Files in the CIFAR layout whose labels and pixels follow from the record number.</summary>
internal static class FakeCifar
{
    public const int Count = 10000;

    public static byte[] Records(int labelBytes, int classes)
    {
        var recordBytes = labelBytes + 3072;
        var data = new byte[Count * recordBytes];
        for (var record = 0; record < Count; record++)
        {
            var start = record * recordBytes;
            data[start] = 255; // a coarse label that must not be read; overwritten when the fine label is the only one
            data[start + labelBytes - 1] = (byte)(record % classes);
            data.AsSpan(start + labelBytes, 3072).Fill((byte)(record * 7));
            data[start + recordBytes - 1] = Pixel(record, 3071);
        }
        return data;
    }

    public static byte Pixel(int record, int place) => (byte)((record * 7) + (place == 3071 ? 1 : 0));
}
