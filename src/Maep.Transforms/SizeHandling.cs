namespace Maep.Transforms;

/// <summary>What to do with images of another size than the purifier takes. A purifier of any size takes the size that the column's type tells, whatever is chosen here.</summary>
public enum SizeHandling
{
    /// <summary>Refuse them, naming both sizes: at <c>Fit</c> where the column's type tells the size, else at the row.</summary>
    Throw,

    /// <summary>
    /// Resize them to the purifier's size, as <see cref="AdversarialPurifierOptions.Resizing"/> says; the purified image has the purifier's size.
    /// Image columns only.
    /// </summary>
    Resize,

    /// <summary>
    /// Cut them into overlapping tiles of the purifier's size and blend the purified tiles; the purified image keeps its size.
    /// The column's type must tell the size of the images. Tiles are purified in bands that need 64 MiB at most (or one tile), so memory grows with the pixels, not with the tiles.
    /// </summary>
    Tile,
}
