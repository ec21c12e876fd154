using Maep.Attacks;
using static TorchSharp.torch;

namespace Maep.Networks.Purifiers;

/// <summary>What cleans images before a classifier sees them, and what others need to know of it. As a module: [N, 3, H, W] in [0, 1] to the same.</summary>
/// <param name="name">Name of the network.</param>
public abstract class Purifier(string name) : nn.Module<Tensor, Tensor>(name), IGradientFacts
{
    /// <summary>Name and setting of one that needs no file, as <see cref="NamedPurifiers"/> reads it: "jpeg:75"; null where its file names it.</summary>
    public virtual string? Name => null;

    /// <summary>Rows and columns, pixels, that it was made for; null where it takes images of any size alike.</summary>
    public virtual int? NativeSize => null;

    /// <summary>How it goes over images of other sizes, as records print it; null where it takes them whole.</summary>
    public virtual string? Tiling => null;

    /// <inheritdoc/>
    public virtual string? GradientStandIn => null;

    /// <inheritdoc/>
    public virtual bool OptimisesAtTestTime => false;

    /// <summary>Pixels that it computes for an image, which its memory grows with: the image's own, or those of all its tiles.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public virtual long PixelsOf(int height, int width) => (long)height * width;

    /// <summary>The purifier for images of a size: itself, or itself in tiles where it was made for another size.</summary>
    /// <param name="height">Rows of the images.</param>
    /// <param name="width">Columns of the images.</param>
    /// <param name="overlap">Least pixels that neighbouring tiles share, 0 to half a tile.</param>
    /// <exception cref="ArgumentOutOfRangeException">It needs tiles, and the overlap is outside its range.</exception>
    public Purifier For(int height, int width, int overlap) => NativeSize is { } size && (height, width) != (size, size) ? new TiledPurifier(this, size, overlap) : this;
}
