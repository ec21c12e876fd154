namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A purifier for images of one size.</summary>
public interface IImagePurifier : IDisposable
{
    /// <summary>How it is applied, for reports.</summary>
    string Description { get; }

    /// <summary>The purified images, in order, in [0, 1].</summary>
    /// <param name="images">Planar RGB in [0, 1]: 3 x height x width each.</param>
    IReadOnlyList<float[]> Purify(IReadOnlyList<float[]> images);
}
