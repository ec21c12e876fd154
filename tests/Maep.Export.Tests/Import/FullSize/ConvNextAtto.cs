using Maep.Export.Proto;
using TorchSharp;
using TorchSharp.Modules;
using static Maep.Export.Tests.Import.TestGraph;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import.FullSize;

/// <summary>ConvNeXt-Atto (Liu et al., 2022, in timm's smallest size): depthwise 7x7 convolutions, layer normalisation over channels, 2, 2, 6 and 2 blocks.</summary>
internal sealed class ConvNextAtto : nn.Module<Tensor, Tensor>
{
    private const int Classes = 1000;
    private const float NormEpsilon = 1e-6f;

    private static readonly (int Width, int Blocks)[] Stages = [(40, 2), (80, 2), (160, 6), (320, 2)];

    private readonly List<(ChannelNorm? Before, Conv2d Shrink, ChannelNorm? After, Block[] Blocks)> _stages = [];
    private readonly LayerNorm _norm = nn.LayerNorm(Stages[^1].Width, NormEpsilon);
    private readonly Linear _head = nn.Linear(Stages[^1].Width, Classes);

    public ConvNextAtto() : base(nameof(ConvNextAtto))
    {
        var channels = 3;
        foreach (var (index, (width, count)) in Stages.Index())
        {
            // The stem normalises behind its convolution, the later stages ahead of theirs.
            var (before, after) = index == 0 ? (null, new ChannelNorm(width)) : (new ChannelNorm(channels), (ChannelNorm?)null);
            var shrink = index == 0 ? nn.Conv2d(channels, width, 4, 4) : nn.Conv2d(channels, width, 2, 2);
            Block[] blocks = [.. Enumerable.Range(0, count).Select(_ => new Block(width))];
            register_module($"stage{index}_norm", before ?? after!);
            register_module($"stage{index}_shrink", shrink);
            foreach (var (place, block) in blocks.Index())
                register_module($"stage{index}_block{place}", block);
            _stages.Add((before, shrink, after, blocks));
            channels = width;
        }
        register_module("norm", _norm);
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        foreach (var stage in _stages)
        {
            x = stage.Shrink.call(stage.Before?.call(x) ?? x);
            x = stage.Blocks.Aggregate(stage.After?.call(x) ?? x, (value, block) => block.call(value));
        }
        return _head.call(_norm.call(x.mean([2, 3]))).MoveToOuterDisposeScope();
    }

    public ModelProto Graph(long side)
    {
        var (graph, x) = (new LayerGraph(this), LayerGraph.Image);
        foreach (var (index, stage) in _stages.Index())
        {
            if (stage.Before is not null)
                x = ChannelNorm.Write(graph, x, $"stage{index}_norm");
            x = graph.Conv(x, $"stage{index}_shrink", index == 0 ? 4 : 2);
            if (stage.After is not null)
                x = ChannelNorm.Write(graph, x, $"stage{index}_norm");
            for (var place = 0; place < stage.Blocks.Length; place++)
                x = Block.Write(graph, x, $"stage{index}_block{place}", Stages[index].Width);
        }
        var pooled = graph.Add("ReduceMean", [x], A("axes", -2, -1), Int("keepdims", 0));
        return graph.Model(graph.Gemm(graph.LayerNorm(pooled, "norm", NormEpsilon), "head"), side);
    }

    /// <summary>Over the channels of [N, C, H, W], as the original writes it out.</summary>
    private sealed class ChannelNorm : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _weight, _bias;

        public ChannelNorm(int width) : base(nameof(ChannelNorm))
        {
            (_weight, _bias) = (nn.Parameter(ones(width)), nn.Parameter(zeros(width)));
            register_parameter("weight", _weight);
            register_parameter("bias", _bias);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var last = nn.functional.layer_norm(input.permute(0, 2, 3, 1), [input.shape[1]], _weight, _bias, NormEpsilon);
            return last.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }

        public static string Write(LayerGraph graph, string x, string layer)
        {
            string Mean(string value) => graph.Add("ReduceMean", [value], A("axes", 1), Int("keepdims", 1));
            string Channels(string name) => graph.Add("Unsqueeze", [graph.Weight(name), graph.Sizes(1, 2)]);
            var centred = graph.Add("Sub", [x, Mean(x)]);
            var deviation = graph.Add("Sqrt", [graph.Add("Add", [Mean(graph.Add("Pow", [centred, graph.Scalar(2)])), graph.Scalar(NormEpsilon)])]);
            return graph.Add("Add", [graph.Add("Mul", [Channels($"{layer}.weight"), graph.Add("Div", [centred, deviation])]), Channels($"{layer}.bias")]);
        }
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d _depthwise;
        private readonly LayerNorm _norm;
        private readonly Linear _expand, _contract;
        private readonly Parameter _scale;

        public Block(int width) : base(nameof(Block))
        {
            _depthwise = nn.Conv2d(width, width, 7, padding: 3, groups: width);
            _norm = nn.LayerNorm(width, NormEpsilon);
            (_expand, _contract) = (nn.Linear(width, 4 * width), nn.Linear(4 * width, width));
            _scale = nn.Parameter(ones(width));
            register_module("depthwise", _depthwise);
            register_module("norm", _norm);
            register_module("expand", _expand);
            register_module("contract", _contract);
            register_parameter("scale", _scale);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var hidden = nn.functional.gelu(_expand.call(_norm.call(_depthwise.call(input).permute(0, 2, 3, 1))));
            return (input + (_scale * _contract.call(hidden)).permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
        }

        public static string Write(LayerGraph graph, string x, string block, int width)
        {
            var last = graph.Add("Transpose", [graph.Conv(x, $"{block}.depthwise", padding: 3, groups: width)], A("perm", 0, 2, 3, 1));
            var hidden = graph.Gelu(graph.Linear(graph.LayerNorm(last, $"{block}.norm", NormEpsilon), $"{block}.expand"));
            var scaled = graph.Add("Mul", [graph.Weight($"{block}.scale"), graph.Linear(hidden, $"{block}.contract")]);
            return graph.Add("Add", [x, graph.Add("Transpose", [scaled], A("perm", 0, 3, 1, 2))]);
        }
    }
}
