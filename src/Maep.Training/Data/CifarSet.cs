namespace Maep.Training.Data;

/// <summary>The two CIFAR sets (Krizhevsky, 2009).</summary>
public enum CifarSet
{
    /// <summary>60,000 images, 10 classes.</summary>
    Cifar10,

    /// <summary>60,000 images, 100 fine classes.</summary>
    Cifar100,
}
