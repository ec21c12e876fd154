namespace Maep.Corruptions;

/// <summary>One of the corruptions of ImageNet-C and CIFAR-10-C (Hendrycks and Dietterich, 2019), parameters of the authors' scripts.</summary>
public abstract class Corruption
{
    /// <summary>Severities 1 to 5.</summary>
    public const int Severities = 5;

    /// <summary>Rows and columns of an ImageNet-C image.</summary>
    public const int ImageNetSide = 224;

    /// <summary>Rows and columns of a CIFAR-10-C image.</summary>
    public const int CifarSide = 32;

    private protected Corruption(string name, CorruptionGroup group) => (Name, Group) = (name, group);

    /// <summary>Name of the folder in ImageNet-C, such as "gaussian_noise".</summary>
    public string Name { get; }

    /// <summary>Group of ImageNet-C.</summary>
    public CorruptionGroup Group { get; }

    /// <summary>Corrupts an image; the image given stays as it is.</summary>
    /// <param name="clean">224 or 32 pixels a side: the size chooses the parameters of ImageNet-C or of CIFAR-10-C.</param>
    /// <param name="severity">1 to 5.</param>
    /// <param name="random">Stream of this output.</param>
    /// <returns>Values in [0, 1].</returns>
    /// <exception cref="ArgumentException">The image has another size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No such severity.</exception>
    public UnitImage Apply(UnitImage clean, int severity, RandomNumbers random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(severity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(severity, Severities);
        if (clean.Side is not (ImageNetSide or CifarSide))
            throw new ArgumentException($"The image has {clean.Side} pixels a side; parameters are known for {ImageNetSide} and {CifarSide}: resize it.", nameof(clean));
        return CorruptBySeverity(clean, clean.Side == CifarSide, severity - 1, random).Clamp();
    }

    private protected abstract UnitImage CorruptBySeverity(UnitImage clean, bool cifar, int level, RandomNumbers random);
}

/// <summary>A corruption whose severities are values of one type.</summary>
/// <typeparam name="TLevel">What one severity sets.</typeparam>
public abstract class Corruption<TLevel> : Corruption
{
    private protected Corruption(string name, CorruptionGroup group, IReadOnlyList<TLevel> imageNet, IReadOnlyList<TLevel> cifar)
        : base(name, group) => (ImageNetLevels, CifarLevels) = (imageNet, cifar);

    /// <summary>Severities 1 to 5 for 224 x 224 pixels.</summary>
    public IReadOnlyList<TLevel> ImageNetLevels { get; }

    /// <summary>Severities 1 to 5 for 32 x 32 pixels.</summary>
    public IReadOnlyList<TLevel> CifarLevels { get; }

    /// <summary>Corrupts a copy with any parameters; values may leave [0, 1] until <see cref="Corruption.Apply"/> limits them.</summary>
    internal abstract UnitImage Corrupt(UnitImage clean, TLevel level, RandomNumbers random);

    private protected override UnitImage CorruptBySeverity(UnitImage clean, bool cifar, int level, RandomNumbers random) =>
        Corrupt(clean, (cifar ? CifarLevels : ImageNetLevels)[level], random);
}
