using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>Auto-PGD (Croce and Hein, 2020): projected gradient ascent with momentum that chooses its step sizes itself. APGD-CE, APGD-DLR and the targeted APGD-T.</summary>
public sealed class AutoProjectedGradientDescent : BoundedAttack
{
    private readonly ApgdOptions _options;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public AutoProjectedGradientDescent(ApgdOptions options) : base(options.Norm, options.Epsilon)
    {
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture,
        $"{Name} {Norm} epsilon {Epsilon * 255:0.###}/255, {_options.Steps} steps, {_options.Restarts} {(_options.Restarts == 1 ? "start" : "starts")}{(Targeted ? $", {_options.TargetClasses} target classes" : "")}{(_options.StopWhenFooled ? "" : "; to the last step")}");

    private string Name => _options.Loss switch { ApgdLoss.Dlr => "APGD-DLR", ApgdLoss.TargetedDlr => "APGD-T", _ => "APGD-CE" };

    private bool Targeted => _options.Loss == ApgdLoss.TargetedDlr;

    /// <inheritdoc/>
    protected internal override SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var targets = Targeted ? TargetClasses.MostLikely(model.Scores(images, streams), labels, _options.TargetClasses) : null;
        var classes = targets is null ? 1 : (int)targets.shape[1];
        return OnSurvivors(images, labels, streams, classes * _options.Restarts, (number, rows, some, someLabels, someStreams) =>
            Ascend(model, some, someLabels, targets?.index_select(0, rows).select(1, number / _options.Restarts), someStreams));
    }

    private SearchResult Ascend(AskedModel model, Tensor images, Tensor labels, Tensor? targets, ImageStreams streams)
    {
        var ascent = new ApgdAscent(this, model, Loss, images, labels, targets, streams);
        var windows = ApgdSchedule.Windows(_options.Steps);
        Settle(ascent, ascent.Start);
        for (var step = 1; step <= _options.Steps && ascent.Count > 0; step++)
        {
            Settle(ascent, () => ascent.Step(step == 1));
            using var iteration = NewDisposeScope();
            if (windows.TryGetValue(step, out var window))
                ascent.Check(window);
        }
        return ascent.Result;
    }

    private void Settle(ApgdAscent ascent, Func<Tensor> move)
    {
        Tensor fooled;
        using (NewDisposeScope())
        {
            fooled = move().MoveToOuterDisposeScope();
            ascent.Record(fooled);
        }
        if (_options.StopWhenFooled)
            ascent.Drop(fooled);
        fooled.Dispose();
    }

    private Tensor Loss(Tensor logits, Tensor labels, Tensor? targets) => _options.Loss switch
    {
        ApgdLoss.Dlr => AttackLoss.Dlr(logits, labels),
        ApgdLoss.TargetedDlr => AttackLoss.TargetedDlr(logits, labels, targets!),
        _ => AttackLoss.CrossEntropy(logits, labels),
    };
}
