using static TorchSharp.torch;

namespace Maep.Networks;

/// <summary>A tensor of a PyTorch file: a view of a storage.</summary>
/// <param name="Storage">Its numbers.</param>
/// <param name="Offset">First number.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">Numbers from one element of an axis to the next.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>A copy as float32; the caller disposes it.</summary>
    /// <exception cref="InvalidDataException">It leaves its storage.</exception>
    public Tensor ToTensor()
    {
        var last = Shape.Any(size => size == 0) ? -1 : Offset + Shape.Zip(Strides, (size, stride) => checked((size - 1) * stride)).Sum();
        if (Shape.Length != Strides.Length || Shape.Any(size => size < 0) || Strides.Any(stride => stride < 0) || Offset < 0 || last >= Storage.Count)
            throw new InvalidDataException($"a tensor of [{string.Join(", ", Shape)}] leaves its storage of {Storage.Count} numbers");
        using var storage = tensor(Storage.Values);
        using var view = storage.as_strided(Shape, Strides, Offset);
        return view.clone();
    }
}
