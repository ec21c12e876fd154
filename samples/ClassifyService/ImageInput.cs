using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Samples.ClassifyService;

/// <summary>What a prediction engine takes.</summary>
public sealed class ImageInput
{
    /// <summary>An image of any size: ML.NET wants a size here, and ResizeImages sees to it.</summary>
    [ImageType(32, 32)]
    public required MLImage Image { get; set; }
}

/// <summary>What a prediction engine gives.</summary>
public sealed class ClassScores
{
    /// <summary>One logit of each class.</summary>
    [ColumnName("maep.logits")]
    public float[] Logits { get; set; } = [];
}

/// <summary>What the service answers.</summary>
/// <param name="Class">Name of the class.</param>
/// <param name="Probability">Softmax of its logit.</param>
public sealed record Answer(string Class, double Probability);
