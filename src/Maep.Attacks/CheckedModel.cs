using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>A part of a defence under a name, usually that of its file. Its answers are checked as they leave it, so that of a purifier and a classifier in a row the one at fault is named.</summary>
public sealed class CheckedModel : nn.Module<Tensor, Tensor>, IGradientFacts
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Action<Tensor, Tensor, string> _check;

    private CheckedModel(nn.Module<Tensor, Tensor> model, string name, Action<Tensor, Tensor, string> check) : base(name)
    {
        (_model, _check) = (model, check);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public string? GradientStandIn => (_model as IGradientFacts)?.GradientStandIn;

    /// <inheritdoc/>
    public bool OptimisesAtTestTime => _model is IGradientFacts { OptimisesAtTestTime: true };

    /// <summary>A classifier: images to scores.</summary>
    /// <param name="model">The classifier; one that is checked already comes back as it is.</param>
    /// <param name="name">How messages name it; null takes its own name.</param>
    public static CheckedModel Classifier(nn.Module<Tensor, Tensor> model, string? name = null) =>
        model as CheckedModel ?? new(model, name ?? model.GetName(), static (answer, asked, called) => AnswerCheck.Scores(answer, asked.shape[0], called));

    /// <summary>A purifier: images to images.</summary>
    /// <param name="model">The purifier; one that is checked already comes back as it is.</param>
    /// <param name="name">How messages name it; null takes its own name.</param>
    public static CheckedModel Purifier(nn.Module<Tensor, Tensor> model, string? name = null) =>
        model as CheckedModel ?? new(model, name ?? model.GetName(), static (answer, _, called) => AnswerCheck.Images(answer, called));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">An answer holds what is no number; <see cref="AskedModel"/> turns this into a message with the image's index.</exception>
    /// <exception cref="InvalidDataException">A classifier's answer has another shape than [N, K].</exception>
    public override Tensor forward(Tensor input)
    {
        var answer = _model.call(input);
        _check(answer, input, GetName());
        return answer;
    }
}
