using Maep.Export.Proto;
using static Maep.Export.Tests.Import.TestGraph;

namespace Maep.Export.Tests.Import;

/// <summary>Architectures as PyTorch's exporter writes them, small and with random weights.</summary>
internal sealed class NetworkForm
{
    private const int Classes = 7;

    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _constants = [];
    private readonly string _input = "x";
    private long _channels = 3;

    public static TheoryData<string> Names => ["wide-resnet", "resnet-bottleneck", "preact-resnet", "mobilenet", "vit", "vit-batch-1", "convnext", "swin-windows", "densenet", "squeeze-excite"];

    /// <summary>Images "x" [N, 3, 16, 16] to scores "y" [N, 7].</summary>
    public static ModelProto Model(string name)
    {
        var form = new NetworkForm();
        var batch = name == "vit-batch-1" ? 1 : 0;
        var scores = name switch
        {
            "wide-resnet" => form.Pooled(form.Relu(form.Normalize(form.PreActivation(form.PreActivation(form.Conv("x", 8, 3), 16, 2), 16, 1)))),
            "preact-resnet" => form.ShapeChain(form.PreActivation(form.PreActivation(form.Conv("x", 8, 3), 8, 1), 16, 2)),
            "resnet-bottleneck" => form.ShapeChain(form.Bottleneck(form.Bottleneck(form.Stem("x"), 16, 1), 32, 2)),
            "mobilenet" => form.Pooled(form.Inverted(form.Inverted(form.Conv("x", 8, 3, 2), 8), 8)),
            "vit" or "vit-batch-1" => form.VisionTransformer(batch == 1),
            "convnext" => form.ConvNext(),
            "swin-windows" => form.Windows(),
            "densenet" => form.Pooled(form.Dense(form.Dense(form.Conv("x", 8, 3)))),
            _ => form.Pooled(form.SqueezeExcite(form.Conv("x", 8, 3))),
        };
        form._nodes.Add(Node("Identity", [scores], ["y"]));
        return TestGraph.Model(13, Value(form._input, FloatType, batch, 3, 16, 16), ["y"], [.. form._nodes], [.. form._constants]);
    }

    private string Add(string type, string[] inputs, params AttributeProto[] attributes)
    {
        var output = $"{type}{_nodes.Count}";
        _nodes.Add(Node(type, inputs, [output], attributes));
        return output;
    }

    private string Keep(TensorProto constant)
    {
        _constants.Add(constant);
        return constant.Name;
    }

    private string Weight(params long[] shape) => Keep(Random($"w{_constants.Count}", shape));

    private string Sizes(params long[] values) => Keep(Longs($"sizes{_constants.Count}", values));

    private string Conv(string x, long outputs, long size, long stride = 1, long groups = 1)
    {
        var inputs = _channels / groups;
        _channels = outputs;
        return Add("Conv", [x, Weight(outputs, inputs, size, size), Weight(outputs)], A("strides", stride, stride), A("pads", size / 2, size / 2, size / 2, size / 2), Int("group", groups));
    }

    private string Relu(string x) => Add("Relu", [x]);

    private string Normalize(string x)
    {
        var variance = Keep(Tensor($"v{_constants.Count}", FloatType, [.. Enumerable.Range(1, (int)_channels).Select(index => 0.2f * index)], _channels));
        return Add("BatchNormalization", [x, Weight(_channels), Weight(_channels), Weight(_channels), variance]);
    }

    private string Stem(string x) => Add("MaxPool", [Relu(Normalize(Conv(x, 8, 7, 2)))], A("kernel_shape", 3, 3), A("strides", 2, 2), A("pads", 1, 1, 1, 1));

    private string PreActivation(string x, long outputs, long stride)
    {
        var (channels, active) = (_channels, Relu(Normalize(x)));
        var branch = Conv(Relu(Normalize(Conv(active, outputs, 3, stride))), outputs, 3);
        _channels = channels;
        var shortcut = outputs == channels && stride == 1 ? x : Conv(active, outputs, 1, stride);
        _channels = outputs;
        return Add("Add", [branch, shortcut]);
    }

    private string Bottleneck(string x, long outputs, long stride)
    {
        var channels = _channels;
        var branch = Normalize(Conv(Relu(Normalize(Conv(Relu(Normalize(Conv(x, outputs / 4, 1))), outputs / 4, 3, stride))), outputs, 1));
        _channels = channels;
        return Relu(Add("Add", [branch, Normalize(Conv(x, outputs, 1, stride))]));
    }

    private string Inverted(string x, long outputs)
    {
        var wide = 3 * _channels;
        string Cut(string value) => Add("Clip", [value, Keep(Number($"low{_constants.Count}", 0)), Keep(Number($"high{_constants.Count}", 6))]);
        return Add("Add", [x, Conv(Cut(Conv(Cut(Conv(x, wide, 1)), wide, 3, 1, wide)), outputs, 1)]);
    }

    private string Dense(string x)
    {
        var channels = _channels;
        var added = Conv(Relu(Normalize(x)), 4, 3);
        _channels = channels + 4;
        return Add("Concat", [x, added], Int("axis", 1));
    }

    private string SqueezeExcite(string x)
    {
        var squeezed = Add("ReduceMean", [x], A("axes", 2, 3), Int("keepdims", 1));
        return Add("Mul", [x, Add("HardSigmoid", [Conv(Relu(Conv(squeezed, 4, 1)), 8, 1)])]);
    }

    private string Linear(string x, long inputs, long outputs) => Add("Add", [Add("MatMul", [x, Weight(inputs, outputs)]), Weight(outputs)]);

    private string Pooled(string x) => Add("Gemm", [Add("Flatten", [Add("GlobalAveragePool", [x])]), Weight(Classes, _channels), Weight(Classes)], Int("transB", 1));

    // x.view(x.size(0), -1) as older exporters write it.
    private string ShapeChain(string x)
    {
        var pooled = Add("GlobalAveragePool", [x]);
        var count = Add("Unsqueeze", [Add("Gather", [Add("Shape", [pooled]), Keep(Whole($"first{_constants.Count}", 0))]), Sizes(0)]);
        var flat = Add("Reshape", [pooled, Add("Concat", [count, Sizes(-1)], Int("axis", 0))]);
        return Add("Gemm", [flat, Weight(Classes, _channels), Weight(Classes)], Int("transB", 1));
    }

    // As written before opset 17: mean, difference, power, root.
    private string LayerNorm(string x, long width)
    {
        var centred = Add("Sub", [x, Add("ReduceMean", [x], A("axes", -1))]);
        var variance = Add("ReduceMean", [Add("Pow", [centred, Keep(Number($"two{_constants.Count}", 2))])], A("axes", -1));
        var deviation = Add("Sqrt", [Add("Add", [variance, Keep(Number($"epsilon{_constants.Count}", 1e-6f))])]);
        return Add("Add", [Add("Mul", [Add("Div", [centred, deviation]), Weight(width)]), Weight(width)]);
    }

    private string Gelu(string x)
    {
        var erf = Add("Erf", [Add("Div", [x, Keep(Number($"root{_constants.Count}", 1.41421354f))])]);
        return Add("Mul", [Add("Mul", [x, Add("Add", [erf, Keep(Number($"one{_constants.Count}", 1))])]), Keep(Number($"half{_constants.Count}", 0.5f))]);
    }

    private string VisionTransformer(bool single)
    {
        const long width = 12;
        var patches = Add("Conv", ["x", Weight(width, 3, 4, 4), Weight(width)], A("strides", 4, 4));
        var tokens = Add("Transpose", [Add("Reshape", [patches, single ? Sizes(1, width, 16) : Sizes(0, width, -1)])], A("perm", 0, 2, 1));
        // The class token: a constant where one image is baked in, else expanded to the images that come.
        var first = Weight(1, 1, width);
        if (!single)
        {
            var count = Add("Unsqueeze", [Add("Gather", [Add("Shape", ["x"]), Keep(Whole($"first{_constants.Count}", 0))]), Sizes(0)]);
            first = Add("Expand", [first, Add("Concat", [count, Sizes(1, width)], Int("axis", 0))]);
        }
        var x = Add("Add", [Add("Concat", [first, tokens], Int("axis", 1)), Weight(1, 17, width)]);
        x = Add("Add", [x, SelfAttention(LayerNorm(x, width), width, single)]);
        x = Add("Add", [x, Linear(Gelu(Linear(LayerNorm(x, width), width, 2 * width)), 2 * width, width)]);
        return Linear(Add("Gather", [LayerNorm(x, width), Keep(Whole($"zero{_constants.Count}", 0))], Int("axis", 1)), width, Classes);
    }

    private string SelfAttention(string x, long width, bool single)
    {
        string Heads(long[] order) => Add("Transpose", [Add("Reshape", [Linear(x, width, width), single ? Sizes(1, 17, 3, 4) : Sizes(0, -1, 3, 4)])], A("perm", order));
        var shares = Add("Softmax", [Add("Mul", [Add("MatMul", [Heads([0, 2, 1, 3]), Heads([0, 2, 3, 1])]), Keep(Number($"scale{_constants.Count}", 0.5f))])], Int("axis", -1));
        var mixed = Add("Transpose", [Add("MatMul", [shares, Heads([0, 2, 1, 3])])], A("perm", 0, 2, 1, 3));
        return Linear(Add("Reshape", [mixed, single ? Sizes(1, 17, width) : Sizes(0, -1, width)]), width, width);
    }

    private string ConvNext()
    {
        const long width = 8;
        var x = Add("Conv", ["x", Weight(width, 3, 4, 4), Weight(width)], A("strides", 4, 4));
        _channels = width;
        var last = Add("Transpose", [Conv(x, width, 7, 1, width)], A("perm", 0, 2, 3, 1));
        var scaled = Add("Mul", [Linear(Gelu(Linear(LayerNorm(last, width), width, 4 * width)), 4 * width, width), Weight(width)]);
        return Pooled(Add("Add", [x, Add("Transpose", [scaled], A("perm", 0, 3, 1, 2))]));
    }

    // Swin: shifted by two, cut into windows of four, mixed inside them, put together again.
    private string Windows()
    {
        const long width = 6;
        var x = Add("Transpose", [Conv("x", width, 3, 2)], A("perm", 0, 2, 3, 1));
        string Part(string value, long start, long end, long axis) => Add("Slice", [value, Sizes(start), Sizes(end), Sizes(axis)]);
        string Roll(string value, long shift, long axis) => Add("Concat", [Part(value, shift, long.MaxValue, axis), Part(value, 0, shift, axis)], Int("axis", axis));
        var windows = Add("Transpose", [Add("Reshape", [Roll(Roll(x, 2, 1), 2, 2), Sizes(-1, 2, 4, 2, 4, width)])], A("perm", 0, 1, 3, 2, 4, 5));
        var tokens = Add("Reshape", [windows, Sizes(-1, 16, width)]);
        var mixed = Add("Add", [tokens, Linear(Add("Softmax", [Add("MatMul", [tokens, Add("Transpose", [tokens], A("perm", 0, 2, 1))])], Int("axis", -1)), 16, width)]);
        var back = Add("Transpose", [Add("Reshape", [mixed, Sizes(-1, 2, 2, 4, 4, width)])], A("perm", 0, 1, 3, 2, 4, 5));
        var image = Roll(Roll(Add("Reshape", [back, Sizes(-1, 8, 8, width)]), -2, 1), -2, 2);
        return Linear(Add("ReduceMean", [image], A("axes", 1, 2), Int("keepdims", 0)), width, Classes);
    }
}
