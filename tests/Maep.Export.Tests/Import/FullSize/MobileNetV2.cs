using Maep.Export.Proto;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import.FullSize;

/// <summary>MobileNetV2 (Sandler et al., 2018) as torchvision has it: 17 inverted residual blocks of depthwise convolutions, ReLU6.</summary>
internal sealed class MobileNetV2 : nn.Module<Tensor, Tensor>
{
    private const int StemWidth = 32, LastWidth = 1280, Classes = 1000;

    private static readonly (int Factor, int Channels, int Blocks, int Stride)[] Stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    private readonly List<(ConvNorm[] Layers, bool Skips)> _blocks = [];
    private readonly Linear _head = nn.Linear(LastWidth, Classes);

    public MobileNetV2() : base(nameof(MobileNetV2))
    {
        Add(skips: false, new ConvNorm(3, StemWidth, 3, stride: 2));
        var channels = StemWidth;
        foreach (var stage in Stages)
        {
            for (var index = 0; index < stage.Blocks; index++)
            {
                var (wide, stride) = (channels * stage.Factor, index == 0 ? stage.Stride : 1);
                ConvNorm[] expansion = stage.Factor > 1 ? [new ConvNorm(channels, wide, 1)] : [];
                Add(stride == 1 && channels == stage.Channels, [.. expansion, new ConvNorm(wide, wide, 3, stride, groups: wide), new ConvNorm(wide, stage.Channels, 1, isLinear: true)]);
                channels = stage.Channels;
            }
        }
        Add(skips: false, new ConvNorm(channels, LastWidth, 1));
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = _blocks.Aggregate(input, (x, block) =>
        {
            var branch = block.Layers.Aggregate(x, (value, layer) => layer.call(value));
            return block.Skips ? x + branch : branch;
        });
        return _head.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }

    public ModelProto Graph(long side)
    {
        var graph = new LayerGraph(this);
        var x = LayerGraph.Image;
        foreach (var (index, block) in _blocks.Index())
        {
            var branch = x;
            foreach (var (place, layer) in block.Layers.Index())
                branch = layer.Write(graph, branch, Name(index, place));
            x = block.Skips ? graph.Add("Add", [x, branch]) : branch;
        }
        return graph.Model(graph.Gemm(graph.Add("Flatten", [graph.Add("GlobalAveragePool", [x])]), "head"), side);
    }

    private static string Name(int block, int layer) => $"block{block}_{layer}";

    private void Add(bool skips, params ConvNorm[] layers)
    {
        foreach (var (place, layer) in layers.Index())
            register_module(Name(_blocks.Count, place), layer);
        _blocks.Add((layers, skips));
    }

    private sealed class ConvNorm : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d _conv;
        private readonly BatchNorm2d _norm;
        private readonly int _stride, _padding, _groups;
        private readonly bool _isLinear;

        public ConvNorm(int inputs, int outputs, int size, int stride = 1, int groups = 1, bool isLinear = false) : base(nameof(ConvNorm))
        {
            (_stride, _padding, _groups, _isLinear) = (stride, size / 2, groups, isLinear);
            _conv = nn.Conv2d(inputs, outputs, size, stride, padding: _padding, groups: groups, bias: false);
            _norm = nn.BatchNorm2d(outputs);
            register_module("conv", _conv);
            register_module("norm", _norm);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var features = _norm.call(_conv.call(input));
            return (_isLinear ? features : nn.functional.relu6(features)).MoveToOuterDisposeScope();
        }

        public string Write(LayerGraph graph, string x, string name)
        {
            var features = graph.BatchNorm(graph.Conv(x, $"{name}.conv", _stride, _padding, _groups), $"{name}.norm");
            return _isLinear ? features : graph.Add("Clip", [features, graph.Scalar(0), graph.Scalar(6)]);
        }
    }
}
