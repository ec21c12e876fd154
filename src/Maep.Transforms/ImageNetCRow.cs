namespace Maep.Transforms;

/// <summary>One image of ImageNet-C, as <see cref="Microsoft.ML.ImageNetCCatalog"/> loads it; its properties are the columns.</summary>
public sealed class ImageNetCRow
{
    /// <summary>The file, for <c>LoadImages</c> with an empty image folder.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>Name of the corruption, such as gaussian_noise.</summary>
    public string Corruption { get; set; } = "";

    /// <summary>1 to 5.</summary>
    public int Severity { get; set; }

    /// <summary>Class folder, for ImageNet a WordNet id such as n01440764.</summary>
    public string WordNetId { get; set; } = "";

    /// <summary>The class as a key, 1-based as keys are, with the class folders as key values: for ML.NET's evaluators and trainers.</summary>
    public uint Label { get; set; }

    /// <summary>The class as the 0-based index of its score.</summary>
    public int ClassIndex { get; set; }
}
