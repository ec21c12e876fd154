using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// A model, and the one way in which attacks, verdicts and protocols ask it. Every answer is checked where it comes in: a score or a pixel that is no number would otherwise
/// count as some class, and so as accuracy. Every question is also a place where cancelled work stops.
/// </summary>
public sealed class AskedModel
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly CancellationToken _cancellation;

    /// <param name="model">A classifier (images [N, C, H, W] in [0, 1] to scores [N, K]) or a purifier (images to images), in evaluation mode.</param>
    /// <param name="cancellation">Ends the work before the next question.</param>
    public AskedModel(nn.Module<Tensor, Tensor> model, CancellationToken cancellation = default) => (_model, _cancellation) = (model, cancellation);

    /// <summary>Gradients averaged in each step: those of an <see cref="ExpectationOverTransformation"/>, 1 for others.</summary>
    internal int Draws => (_model as ExpectationOverTransformation)?.Draws ?? 1;

    /// <summary>How messages name the model.</summary>
    internal string Name => _model.GetName();

    /// <summary>Scores of a classifier. Gradients are taken where the caller has them on.</summary>
    /// <param name="images">[N, C, H, W] in [0, 1].</param>
    /// <param name="streams">Which images of their data set these are, for messages; nothing is drawn.</param>
    /// <returns>[N, K], K at least 2: numbers, or negative infinity for a class that the classifier does not know.</returns>
    /// <exception cref="InvalidDataException">The answer is no such thing; the message names the model, the image and the value.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Scores(Tensor images, ImageStreams streams) => Ask(images, streams, static (answer, asked, name) => AnswerCheck.Scores(answer, asked.shape[0], name));

    /// <summary>Which images a classifier gets right, by <see cref="Decision"/>.</summary>
    /// <param name="images">[N, C, H, W] in [0, 1].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Which images of their data set these are, for messages.</param>
    /// <returns>[N], bool.</returns>
    /// <exception cref="InvalidDataException">A score is no number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Right(Tensor images, Tensor labels, ImageStreams streams) => Decision.Right(Scores(images, streams), labels);

    /// <summary>Which images fool a classifier, by <see cref="Decision"/>.</summary>
    /// <param name="images">[N, C, H, W] in [0, 1].</param>
    /// <param name="labels">[N], int64.</param>
    /// <param name="streams">Which images of their data set these are, for messages.</param>
    /// <returns>[N], bool.</returns>
    /// <exception cref="InvalidDataException">A score is no number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Fooled(Tensor images, Tensor labels, ImageStreams streams) => Decision.Fooled(Scores(images, streams), labels);

    /// <summary>Images of a purifier.</summary>
    /// <param name="images">[N, C, H, W] in [0, 1].</param>
    /// <param name="streams">Which images of their data set these are, for messages.</param>
    /// <returns>As many images, every value a finite number.</returns>
    /// <exception cref="InvalidDataException">A value is no number; the message names the model, the image and the value.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Purified(Tensor images, ImageStreams streams) => Ask(images, streams, static (answer, _, name) => AnswerCheck.Images(answer, name));

    /// <summary>The model with several gradients averaged in each step, unless it has a number of its own.</summary>
    internal AskedModel WithDraws(int draws) => draws == 1 || _model is ExpectationOverTransformation ? this : new(new ExpectationOverTransformation(_model, draws), _cancellation);

    /// <summary>Refuses a gradient along which no attack can move.</summary>
    /// <exception cref="InvalidDataException">A value is NaN or infinite.</exception>
    internal void CheckGradient(Tensor gradient, ImageStreams streams)
    {
        try
        {
            AnswerCheck.Gradient(gradient, Name);
        }
        catch (UnusableAnswerException fault)
        {
            throw fault.At(streams);
        }
    }

    private Tensor Ask(Tensor images, ImageStreams streams, Action<Tensor, Tensor, string> check)
    {
        _cancellation.ThrowIfCancellationRequested();
        try
        {
            var answer = _model.call(images);
            check(answer, images, Name);
            _cancellation.ThrowIfCancellationRequested(); // before the gradient, which takes longer than the answer
            return answer;
        }
        catch (UnusableAnswerException fault)
        {
            throw fault.At(streams);
        }
    }
}
