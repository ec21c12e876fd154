namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A purifier for images of one size. <see cref="PurifiedImages"/> asks it and checks what it gives.</summary>
public interface IImagePurifier : IDisposable
{
    /// <summary>Its file, or its name where it has none, for errors.</summary>
    string Name { get; }

    /// <summary>How it is applied, for reports.</summary>
    string Description { get; }

    /// <summary>The purified images, in order, in [0, 1].</summary>
    /// <param name="images">Planar RGB in [0, 1]: 3 x height x width each.</param>
    IReadOnlyList<float[]> Purify(IReadOnlyList<float[]> images);
}
