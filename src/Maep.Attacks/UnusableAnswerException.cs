namespace Maep.Attacks;

/// <summary>A model answered something that is no decision, no image or no direction. It is thrown where only the row in the batch is known; <see cref="AskedModel"/>, which knows the image, says which it is.</summary>
internal sealed class UnusableAnswerException : InvalidOperationException
{
    private readonly string _model;
    private readonly long _row;
    private readonly string _problem;

    /// <param name="model">How messages name the model.</param>
    /// <param name="row">Row in the batch, from 0.</param>
    /// <param name="problem">What it gives that row, what would be allowed, and what to do.</param>
    public UnusableAnswerException(string model, long row, string problem) : base(Text(model, $"row {row} of a batch", problem)) => (_model, _row, _problem) = (model, row, problem);

    /// <summary>The same with the image's index in its data set.</summary>
    public InvalidDataException At(ImageStreams streams) => new(Text(_model, $"image {streams.IndexOf(_row)} (counted from 0)", _problem), this);

    private static string Text(string model, string image, string problem) => $"{model} gives {image} {problem}.";
}
