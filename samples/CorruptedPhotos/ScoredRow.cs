using Microsoft.ML.Data;

namespace Maep.Samples.CorruptedPhotos;

/// <summary>What is read of each scored image.</summary>
internal sealed class ScoredRow
{
    public string Corruption { get; set; } = "";

    public int Severity { get; set; }

    public int ClassIndex { get; set; }

    [ColumnName("logits")]
    public float[] Logits { get; set; } = [];
}
