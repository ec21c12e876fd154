using Maep.Export.Proto;
using Maep.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Maep.Export.Import;

/// <summary>The input of a graph that takes the images, and how images [N, C, H, W] become it.</summary>
/// <param name="Name">Of the input.</param>
/// <param name="Type">Its element type.</param>
/// <param name="ChannelsLast">Whether the graph takes [N, H, W, C].</param>
/// <param name="Batch">Images that the file says it takes at once; null for any number.</param>
/// <param name="Channels">Colours of an image; null where the file leaves them open.</param>
/// <param name="Height">Rows of an image; null for any.</param>
/// <param name="Width">Columns of an image; null for any.</param>
internal sealed record ImageInput(string Name, ElementType Type, bool ChannelsLast, long? Batch, long? Channels, long? Height, long? Width)
{
    private const int Axes = 4;

    /// <summary>Whether the file takes bytes instead of numbers.</summary>
    public bool IsInteger => Type is ElementType.UInt8;

    /// <summary>The graph's only input that its scores need.</summary>
    /// <exception cref="InvalidDataException">None, several, or none that is an image.</exception>
    public static ImageInput Of(GraphProto graph, string scores, string source)
    {
        var constants = graph.Initializer.Select(constant => constant.Name).ToHashSet();
        var used = GraphReach.Needed(graph, [scores]).SelectMany(GraphReach.Reads).Append(scores).ToHashSet();
        var inputs = graph.Input.Where(input => !constants.Contains(input.Name) && used.Contains(input.Name)).ToList();
        if (inputs is not [var only])
            throw new InvalidDataException(inputs.Count == 0
                ? $"{source}: its output '{scores}' depends on no input; an image classifier takes images."
                : $"{source}: its output '{scores}' needs {inputs.Count} inputs ({string.Join(", ", inputs.Select(input => input.Name))}); an image classifier has one. Export the part that goes from images to scores.");
        return Of(only, graph, source);
    }

    private static ImageInput Of(ValueInfoProto input, GraphProto graph, string source)
    {
        var type = (ElementType)(input.Type?.TensorType?.ElemType ?? 0);
        if (type is not (ElementType.Float or ElementType.Float16 or ElementType.BFloat16 or ElementType.Double or ElementType.UInt8))
            throw new InvalidDataException($"{source}: its input '{input.Name}' has elements of type {type}; images are float32, float16, double or uint8, so this is no image classifier (text comes as int64).");
        var sizes = input.Type?.TensorType?.Shape?.Dim.Select(size => size.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && size.DimValue > 0 ? size.DimValue : (long?)null).ToArray();
        sizes ??= new long?[Axes];
        if (sizes.Length != Axes)
            throw new InvalidDataException($"{source}: its input '{input.Name}' has {sizes.Length} axes [{string.Join(", ", sizes.Select(size => size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"))}]; images have four, [N, C, H, W] or [N, H, W, C].");
        var last = IsChannelsLast(sizes, input.Name, graph);
        var (channels, height, width) = last ? (sizes[3], sizes[1], sizes[2]) : (sizes[1], sizes[2], sizes[3]);
        if (height > NetworkLimits.LargestSide || width > NetworkLimits.LargestSide || channels > NetworkLimits.LargestSide || sizes[0] > NetworkLimits.LargestSide)
            throw new InvalidDataException($"{source}: its input '{input.Name}' asks for [{string.Join(", ", sizes)}]; at most {NetworkLimits.LargestSide} rows and columns can be taken.");
        return new ImageInput(input.Name, type, last, sizes[0], channels ?? Kernel(graph), height, width);
    }

    /// <summary>Images as the graph takes them.</summary>
    /// <param name="images">[N, C, H, W]; in [0, 1] where the file takes bytes.</param>
    public Tensor Arrange(Tensor images)
    {
        var values = IsInteger ? Operators.Rounding.StraightThrough(images * byte.MaxValue, pixels => pixels.round().clamp(0, byte.MaxValue)) : images;
        if (Type == ElementType.Double)
            values = values.to(ScalarType.Float64);
        return ChannelsLast ? values.permute(0, 2, 3, 1) : Networks.ChannelsLast.Order(values);
    }

    // One or three channels tell; where both ends could be channels, a Transpose right behind the input does.
    private static bool IsChannelsLast(long?[] sizes, string name, GraphProto graph)
    {
        var (first, last) = (sizes[1] is 1 or 3 or 4, sizes[3] is 1 or 3 or 4);
        if (first != last)
            return last;
        return graph.Node.Any(node => node.OpType == "Transpose" && node.Input.Contains(name)
            && node.Attribute.FirstOrDefault(attribute => attribute.Name == "perm")?.Ints is [0, 3, 1, 2]);
    }

    // A file that leaves the number of channels open still has a first kernel that knows it.
    private static long? Kernel(GraphProto graph)
    {
        var convolution = graph.Node.FirstOrDefault(node => node.OpType == "Conv" && node.Input.Count > 1);
        var weight = graph.Initializer.FirstOrDefault(constant => constant.Name == convolution?.Input[1]);
        return weight is { Dims.Count: Axes } ? weight.Dims[1] : null;
    }
}
