using Maep.Export.Proto;
using Maep.Networks.Purifiers;
using TorchSharp;
using TorchSharp.Modules;
using static Maep.Export.Tests.Import.TestGraph;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import.FullSize;

/// <summary>ViT-Tiny with patches of 16 (Dosovitskiy et al., 2021; Touvron et al., 2021): a class token, 12 blocks of width 192 with 3 heads.</summary>
internal sealed class VisionTransformerTiny : nn.Module<Tensor, Tensor>
{
    private const int Patch = 16, Width = 192, Depth = 12, Heads = 3, Classes = 1000;

    private readonly Conv2d _embedding = nn.Conv2d(3, Width, Patch, Patch);
    private readonly Parameter _token = nn.Parameter(zeros(1, 1, Width));
    private readonly Parameter _positions;
    private readonly TransformerBlock[] _blocks = [.. Enumerable.Range(0, Depth).Select(_ => new TransformerBlock(Width, Heads))];
    private readonly LayerNorm _norm = nn.LayerNorm(Width, TransformerBlock.NormEpsilon);
    private readonly Linear _head = nn.Linear(Width, Classes);

    /// <param name="side">Rows and columns of an image, a multiple of 16.</param>
    public VisionTransformerTiny(int side) : base(nameof(VisionTransformerTiny))
    {
        _positions = nn.Parameter(zeros(1, 1 + (side / Patch * (side / Patch)), Width));
        register_module("embedding", _embedding);
        register_parameter("token", _token);
        register_parameter("positions", _positions);
        foreach (var (index, block) in _blocks.Index())
            register_module(Name(index), block);
        register_module("norm", _norm);
        register_module("head", _head);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var patches = PatchGrid.ToTokens(_embedding.call(input));
        var tokens = cat([_token.expand(input.shape[0], -1, -1), patches], 1) + _positions;
        tokens = _blocks.Aggregate(tokens, (value, block) => block.call(value));
        return _head.call(_norm.call(tokens).select(1, 0)).MoveToOuterDisposeScope();
    }

    public ModelProto Graph(long side)
    {
        var graph = new LayerGraph(this);
        var grid = graph.Add("Reshape", [graph.Conv(LayerGraph.Image, "embedding", Patch), graph.Sizes(0, Width, -1)]);
        var patches = graph.Add("Transpose", [grid], A("perm", 0, 2, 1));
        var images = graph.Add("Unsqueeze", [graph.Add("Gather", [graph.Add("Shape", [LayerGraph.Image]), graph.Index(0)]), graph.Sizes(0)]);
        var token = graph.Add("Expand", [graph.Weight("token"), graph.Add("Concat", [images, graph.Sizes(1), graph.Sizes(Width)], Int("axis", 0))]);
        var x = graph.Add("Add", [graph.Add("Concat", [token, patches], Int("axis", 1)), graph.Weight("positions")]);
        for (var index = 0; index < Depth; index++)
            x = Block(graph, x, Name(index));
        x = graph.LayerNorm(x, "norm", (float)TransformerBlock.NormEpsilon);
        return graph.Model(graph.Gemm(graph.Add("Gather", [x, graph.Index(0)], Int("axis", 1)), "head"), side);
    }

    private static string Name(int block) => $"block{block}";

    private static string Block(LayerGraph graph, string x, string block)
    {
        x = graph.Add("Add", [x, Attention(graph, graph.LayerNorm(x, $"{block}.norm1", (float)TransformerBlock.NormEpsilon), block)]);
        var hidden = graph.Gelu(graph.Linear(graph.LayerNorm(x, $"{block}.norm2", (float)TransformerBlock.NormEpsilon), $"{block}.fc1"));
        return graph.Add("Add", [x, graph.Linear(hidden, $"{block}.fc2")]);
    }

    // As timm writes it: queries, keys and values of one matrix, taken apart by an axis of three.
    private static string Attention(LayerGraph graph, string x, string block)
    {
        var mixed = graph.Add("Reshape", [graph.Linear(x, $"{block}.qkv"), graph.Sizes(0, -1, 3, Heads, Width / Heads)]);
        var parts = graph.Add("Transpose", [mixed], A("perm", 2, 0, 3, 1, 4));
        string Part(long index) => graph.Add("Gather", [parts, graph.Index(index)], Int("axis", 0));
        var keys = graph.Add("Transpose", [Part(1)], A("perm", 0, 1, 3, 2));
        var products = graph.Add("Mul", [graph.Add("MatMul", [Part(0), keys]), graph.Scalar(1 / MathF.Sqrt(Width / Heads))]);
        var attended = graph.Add("MatMul", [graph.Add("Softmax", [products], Int("axis", -1)), Part(2)]);
        var joined = graph.Add("Reshape", [graph.Add("Transpose", [attended], A("perm", 0, 2, 1, 3)), graph.Sizes(0, -1, Width)]);
        return graph.Linear(joined, $"{block}.proj");
    }
}
