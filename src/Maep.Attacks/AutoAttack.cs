using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Attacks;

/// <summary>
/// AutoAttack (Croce and Hein, 2020): several attacks without anything to tune, in the original's order and with its settings, each on the images that
/// those before left standing. Where <see cref="AutoAttackOptions.StopWhenFooled"/> says so an image leaves an attack as soon as it is fooled, unlike in the original;
/// that changes no verdict of a deterministic model.
/// </summary>
public sealed class AutoAttack : BoundedAttack
{
    private const string Custom = "custom";

    private readonly string _version;
    private readonly string _ending = "";
    private readonly IReadOnlyList<(string Name, BoundedAttack Attack)> _attacks;
    private readonly AutoAttackOptions? _options;

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public AutoAttack(AutoAttackOptions options) : this(options.Norm, options.Epsilon, options.Attacks)
    {
        (_options, _version) = (options, options.Version.ToString().ToLowerInvariant());
        _ending = (options.StopWhenFooled ? "" : "; to the last step") + options.Reduced;
        Draws = options.Version == AutoAttackVersion.Rand ? AutoAttackOptions.Draws : 1;
    }

    /// <summary>Attacks of one's own choice, the "custom" version of the original.</summary>
    /// <param name="norm">What the ball is measured with.</param>
    /// <param name="epsilon">Radius of the ball in pixel units on [0, 1].</param>
    /// <param name="attacks">Attacks with short names, in the order in which they run.</param>
    /// <exception cref="ArgumentException">Epsilon is outside its range.</exception>
    public AutoAttack(PerturbationNorm norm, double epsilon, IReadOnlyList<(string Name, BoundedAttack Attack)> attacks) : base(norm, epsilon) =>
        (_attacks, _version) = (attacks, Custom);

    /// <inheritdoc/>
    public override IAttack ForRandomDefence => _options is null or { Version: AutoAttackVersion.Rand } ? this : new AutoAttack(_options with { Version = AutoAttackVersion.Rand });

    private int Draws { get; } = 1;

    /// <summary>Names of the attacks, in order.</summary>
    public IReadOnlyList<string> Attacks => [.. _attacks.Select(part => part.Name)];

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture,
        $"AutoAttack {_version} {Norm} epsilon {Epsilon * 255:0.###}/255 ({string.Join(", ", _version == Custom ? _attacks.Select(part => part.Attack.Description) : Attacks)}{(Draws > 1 ? $"; {Draws} draws" : "")}{_ending})");

    /// <inheritdoc/>
    protected internal override SearchResult Search(AskedModel model, Tensor images, Tensor labels, ImageStreams streams) =>
        OnSurvivors(images, labels, streams, _attacks.Count, (number, _, some, someLabels, someStreams) => Run(number, model, some, someLabels, someStreams));

    /// <summary>Runs one of the attacks, then asks the model once more: on a randomised defence that last draw decides, as in the original.</summary>
    /// <param name="number">Position in <see cref="Attacks"/>.</param>
    /// <param name="model">Images to logits.</param>
    /// <param name="images">[N, C, H, W], all classified right.</param>
    /// <param name="labels">[N].</param>
    /// <param name="streams">Randomness of each image for this attack.</param>
    private SearchResult Run(int number, AskedModel model, Tensor images, Tensor labels, ImageStreams streams)
    {
        var found = Bound(_attacks[number].Attack.Search(model.WithDraws(Draws), images, labels, streams), model, images, labels, streams);
        return found with { Fooled = found.Fooled.logical_and(model.Fooled(found.Images, labels, streams)) };
    }
}
