namespace Maep.Evaluation;

/// <summary>A chart of a report.</summary>
/// <param name="Caption">What is drawn.</param>
public abstract record HtmlFigure(string Caption)
{
    /// <summary>The picture as an SVG element.</summary>
    internal abstract string ToSvg();
}

/// <summary>A <see cref="Drawing"/> of a report.</summary>
/// <param name="Caption">What is drawn.</param>
/// <param name="Drawing">The chart.</param>
public sealed record HtmlDrawing(string Caption, Drawing Drawing) : HtmlFigure(Caption)
{
    /// <inheritdoc/>
    internal override string ToSvg() => Drawing.ToSvg(Caption);
}
