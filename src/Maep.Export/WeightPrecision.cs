using System.Diagnostics.CodeAnalysis;

namespace Maep.Export;

/// <summary>How an exported purifier holds its numbers.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The field's names.")]
public enum WeightPrecision
{
    /// <summary>32-bit floats throughout.</summary>
    Fp32,

    /// <summary>16-bit floats throughout, input and output aside: half the file; faster where the device computes with them, on a CPU slower.</summary>
    Fp16,

    /// <summary>8-bit integer weights, one scale for each output channel, turned into 32-bit floats as the model loads: a quarter of the file, the same speed.</summary>
    Int8,
}
