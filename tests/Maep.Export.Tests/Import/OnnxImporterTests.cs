using Google.Protobuf;
using Maep.Export.Import;
using Maep.Export.Proto;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using DenseTensor = Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>;
using static Maep.Export.Tests.Import.TestGraph;
using static Maep.Export.Tests.Import.TinyClassifier;
using static TorchSharp.torch;

namespace Maep.Export.Tests.Import;

/// <summary>Forms that classifiers come in. Every opening compares with ONNX Runtime, so that a test that opens has compared values already.</summary>
public sealed class OnnxImporterTests : IDisposable
{
    private const string Softmax = "The final Softmax is taken off: the network gives logits, whose gradients do not vanish where it is sure.";

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_plain_classifier_opens_without_notes()
    {
        var network = Open(TinyClassifier.Model());

        Assert.Equal((3L, 8L, 8L, 5L), (network.Channels, network.Height, network.Width, network.Classes));
        Assert.Empty(network.Notes);
        Assert.False(network.training);
        Assert.Equal([4, 5], network.call(Pictures(4)).shape);
    }

    [Fact]
    public void Batch_normalisation_is_folded_and_nothing_changes()
    {
        var model = TinyClassifier.Model();
        var decoder = new TensorDecoder("test", null);

        var (plain, folded) = (new NetworkCompiler(model, "test", decoder).Compile(["image"], ["scores"], simplify: false), new NetworkCompiler(model, "test", decoder).Compile(["image"], ["scores"]));

        Assert.Equal((6, 5), (plain.Nodes.Count(), folded.Nodes.Count()));
        Equal(plain.Run([Pictures(2)])[0], folded.Run([Pictures(2)])[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_final_softmax_is_taken_off_and_said(int axis)
    {
        var expected = Open(TinyClassifier.Model()).call(Pictures(2));

        var network = Open(TinyClassifier.Model().Then(Node("Softmax", ["scores"], ["probabilities"], Int("axis", axis))));

        Equal(expected, network.call(Pictures(2)));
        Assert.Equal([Softmax], network.Notes);
    }

    [Fact]
    public void Scores_of_a_convolution_are_flattened()
    {
        var expected = Open(TinyClassifier.Model()).call(Pictures(2));
        var model = TinyClassifier.Model().Replace("flat").Replace("scores", Node("Unsqueeze", ["matrix", "last"], ["wide"]), Node("Conv", ["pooled", "wide", "offset"], ["scores"]), Node("Softmax", ["scores"], ["probabilities"], Int("axis", 1))).With(Longs("last", 2, 3));
        model.Graph.Output[0].Name = "probabilities";

        Equal(expected, Open(model).call(Pictures(2)));
    }

    [Fact]
    public void Labels_and_maps_behind_the_scores_are_ignored()
    {
        var model = TinyClassifier.Model().Then(Node("Softmax", ["scores"], ["probabilities"]));
        model.Graph.Node.Add([Node("ArgMax", ["probabilities"], ["label"], Int("axis", 1)), Node("ai.onnx.ml.ZipMap", ["probabilities"], ["map"])]);
        model.Graph.Output.Clear();
        model.Graph.Output.Add([new ValueInfoProto { Name = "label" }, new ValueInfoProto { Name = "map" }, new ValueInfoProto { Name = "probabilities" }]);

        var network = Open(model);

        Equal(Open(TinyClassifier.Model()).call(Pictures(2)), network.call(Pictures(2)));
        Assert.Contains("Scores are taken from 'scores'; not used: label, map.", network.Notes);
    }

    [Fact]
    public void A_label_that_its_type_gives_away_is_ignored()
    {
        var model = TinyClassifier.Model().With(Longs("labels", 10, 20, 30, 40, 50));
        model.Graph.Node.Add([Node("ArgMax", ["scores"], ["place"], Int("axis", 1), Int("keepdims", 0)), Node("Gather", ["labels", "place"], ["label"])]);
        model.Graph.Output.Insert(0, Value("label", Int64Type, 0));

        Assert.Equal(["Scores are taken from 'scores'; not used: label."], Open(model).Notes);
    }

    [Fact]
    public void One_probability_by_a_sigmoid_becomes_two_scores()
    {
        using var scope = NewDisposeScope();
        var model = TinyClassifier.Model().With(Random("matrix", 1, 4), Random("offset", 1)).Then(Node("Sigmoid", ["scores"], ["probability"]));
        model.Graph.Output[0] = Value("probability", FloatType, 0, 1);
        var images = Pictures(3);
        using var session = new InferenceSession(model.ToByteArray());
        using var reference = session.Run([NamedOnnxValue.CreateFromTensor("image", new DenseTensor(images.data<float>().ToArray(), [3, 3, 8, 8]))]);
        var probability = tensor(reference[0].AsEnumerable<float>().ToArray());

        var network = Open(model);
        var scores = network.call(images);

        Assert.Equal(2, network.Classes);
        Equal(probability, scores.softmax(1).select(1, 1));
        Assert.StartsWith("It gives one probability", network.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void One_score_that_may_be_anything_is_refused()
    {
        var model = TinyClassifier.Model().With(Random("matrix", 1, 4), Random("offset", 1));

        var error = Assert.Throws<InvalidDataException>(() => Open(model));

        Assert.Contains("Export it with the two scores 0 and z.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_one_is_opened_where_the_graph_allows_it()
    {
        var model = TinyClassifier.Model(batch: 1).Replace("flat", Node("Reshape", ["pooled", "shape"], ["flat"])).With(Longs("shape", 1, -1));

        var network = Open(model);

        Equal(Open(TinyClassifier.Model()).call(Pictures(4)), network.call(Pictures(4)));
        Assert.Equal(["A batch of 1 is baked into the file: it is opened for any number of images."], network.Notes);
    }

    [Fact]
    public void A_constant_beside_the_one_image_goes_with_every_image()
    {
        var model = TinyClassifier.Model(batch: 1).Replace("flat", Node("Flatten", ["pooled"], ["some"]), Node("Concat", ["some", "token"], ["flat"], Int("axis", 1)))
            .With(Random("token", 1, 2), Random("matrix", TinyClassifier.Classes, 6));

        var network = Open(model);

        Assert.Equal([4, 5], network.call(Pictures(4)).shape);
        Assert.Equal(["A batch of 1 is baked into the file: it is opened for any number of images."], network.Notes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_batch_that_cannot_be_opened_is_looped_over(int size)
    {
        // The image is turned on its side: only by its size the graph knows where one ends.
        var model = TinyClassifier.Model(size).Replace("flat", Node("Reshape", ["pooled", "shape"], ["line"]), Node("Transpose", ["line"], ["side"]), Node("Reshape", ["side", "back"], ["flat"]))
            .With(Longs("shape", 4 * size, -1), Longs("back", size, 4));

        var network = Open(model);

        Equal(Open(TinyClassifier.Model()).call(Pictures(5)), network.call(Pictures(5)));
        Assert.Equal([$"A batch of {size} is baked into the file: images pass in groups of {size}."], network.Notes);
    }

    [Fact]
    public void Images_with_channels_last_are_transposed()
    {
        var model = TinyClassifier.Model().Replace("features", Node("Transpose", ["image"], ["planes"], A("perm", 0, 3, 1, 2)), Node("Conv", ["planes", "kernel", "bias"], ["features"], A("pads", 1, 1, 1, 1)));
        model.Graph.Input[0] = Value("image", FloatType, 0, 8, 8, 3);

        var network = Open(model);

        Equal(Open(TinyClassifier.Model()).call(Pictures(2)), network.call(Pictures(2)));
        Assert.Equal(["The file takes images [N, H, W, C]: the network takes [N, C, H, W] and transposes them."], network.Notes);
    }

    [Fact]
    public void Bytes_come_from_images_in_0_to_1_and_gradients_pass_the_rounding()
    {
        var model = TinyClassifier.Model().Replace("features", Node("Cast", ["image"], ["pixels"], Int("to", FloatType)), Node("Div", ["pixels", "most"], ["unit"]), Node("Conv", ["unit", "kernel", "bias"], ["features"], A("pads", 1, 1, 1, 1))).With(Number("most", 255));
        model.Graph.Input[0] = Value("image", UInt8Type, 0, 3, 8, 8);
        var images = (Pictures(2) * 255).round() / 255;

        var network = Open(model);

        Equal(Open(TinyClassifier.Model()).call(images), network.call(images));
        Equal(Slope(Open(TinyClassifier.Model()), images), Slope(network, images), 1e-4);
        Assert.Contains("The file takes bytes: images in [0, 1] are multiplied by 255 and rounded, and the gradient passes straight through the rounding.", network.Notes);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("size of the image")]
    public void An_If_takes_the_branch_of_its_condition(string condition)
    {
        GraphProto Branch(string name, NodeProto node) => new() { Name = name, Node = { node }, Output = { new ValueInfoProto { Name = node.Output[0] } } };
        var model = TinyClassifier.Model().Replace("positive",
            Node("Shape", ["image"], ["sizes"]), Node("Gather", ["sizes", "two"], ["rows"]), Node("Greater", ["rows", "four"], ["large"]),
            Node("If", [condition == "constant" ? "yes" : "large"], ["positive"],
                new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = Branch("then", Node("Relu", ["normalized"], ["a"])) },
                new AttributeProto { Name = "else_branch", Type = AttributeProto.Types.AttributeType.Graph, G = Branch("else", Node("Neg", ["normalized"], ["b"])) }))
            .With(Whole("two", 2), Whole("four", 4), Tensor("yes", BoolType, [(byte)1]));

        Equal(Open(TinyClassifier.Model()).call(Pictures(2)), Open(model).call(Pictures(2)));
    }

    [Fact]
    public void Rounding_passes_gradients_and_is_said()
    {
        var model = TinyClassifier.Model().Replace("positive", Node("Relu", ["normalized"], ["smooth"]), Node("QuantizeLinear", ["smooth", "step", "zero"], ["steps"]), Node("DequantizeLinear", ["steps", "step", "zero"], ["positive"]))
            .With(Number("step", 0.05f), Tensor("zero", UInt8Type, [(byte)0]));

        var network = Open(model);

        Equal(Slope(Open(TinyClassifier.Model()), Pictures(2)), Slope(network, Pictures(2)), 1e-4);
        Assert.Equal(["The gradient passes straight through the rounding of QuantizeLinear (1)."], network.Notes);
    }

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        var network = Open(TinyClassifier.Model());

        var error = Assert.Throws<ArgumentException>(() => network.call(rand(2, 1, 8, 8)));

        Assert.StartsWith("test: images of the shape [2, 1, 8, 8] given; [N, 3, 8, 8] expected.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_scores_stay_alive()
    {
        var network = Open(TinyClassifier.Model());
        var images = Pictures(2);
        using var scope = NewDisposeScope();

        var scores = network.call(images);

        Assert.Equal(1, scope.DisposablesCount);
        Assert.Equal([2, 5], scores.shape);
    }

    private static Tensor Slope(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        var leaf = images.detach().requires_grad_();
        return autograd.grad([network.call(leaf)[.., 1].sum()], [leaf])[0];
    }
}
