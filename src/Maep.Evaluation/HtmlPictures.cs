using TorchSharp;

namespace Maep.Evaluation;

/// <summary>Examples of a report: one row for each image, one column for each state of it, a caption in front of each row.</summary>
public sealed record HtmlPictures
{
    /// <param name="caption">What is shown: "Shapes the attack turned, and what purifying makes of them".</param>
    /// <param name="columns">At least one; images of each [N, 3, H, W], floats in [0, 1], all of one shape. They stay the caller's and must
    /// live until the page is made.</param>
    /// <param name="captions">N, in the order of the images.</param>
    /// <param name="scale">Nearest-neighbour enlargement, at least 1: each pixel becomes a square of this side.</param>
    /// <exception cref="ArgumentException">There is no column, an image has the wrong shape, type or range, or the captions are not N.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is below 1.</exception>
    public HtmlPictures(string caption, IReadOnlyList<(string Title, torch.Tensor Images)> columns, IReadOnlyList<PictureCaption> captions, int scale = 4)
    {
        PictureGrid.RequireColumns(columns);
        if (captions.Count != columns[0].Images.shape[0])
            throw new ArgumentException($"{captions.Count} captions given; {columns[0].Images.shape[0]} images need as many.", nameof(captions));
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        (Caption, Columns, Captions, Scale) = (caption, columns, captions, scale);
    }

    /// <summary>What is shown.</summary>
    public string Caption { get; }

    /// <summary>What happens between the predictions "before" and "after" of each row.</summary>
    public string Event { get; init; } = "purifying";

    /// <summary>States of the images: clean, attacked, purified and so on.</summary>
    public IReadOnlyList<(string Title, torch.Tensor Images)> Columns { get; }

    /// <summary>Caption of each row.</summary>
    public IReadOnlyList<PictureCaption> Captions { get; }

    /// <summary>Side of the square that one pixel becomes.</summary>
    public int Scale { get; }
}

/// <summary>What a row of pictures says of its image; a prediction counts as right when its text is that of the true class.</summary>
/// <param name="TrueClass">Class the image belongs to.</param>
/// <param name="Before">Class predicted before the event that the pictures show.</param>
/// <param name="After">Class predicted after it; null where nothing happens, for all rows or for none.</param>
public sealed record PictureCaption(string TrueClass, string Before, string? After)
{
    /// <summary>What else is to be said of the image; null for nothing.</summary>
    public string? Note { get; init; }
}
