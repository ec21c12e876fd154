using Maep.Export.Proto;

namespace Maep.Export.Tests;

/// <summary>The files of models/, which were written over months: today's formats still read them, and would write the same graphs.</summary>
public sealed class KeptModelTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "models");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.onnx", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory, MemberData(nameof(Files))]
    public void A_kept_model_opens_and_its_graph_would_be_written_the_same(string name)
    {
        var path = Path.Combine(Folder, name);

        var file = ModelFile.Open(path);

        var (kept, written) = (ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), ModelProto.Parser.ParseFrom(OnnxExporter.ToBytes(file.Network, Networks.Facts)));
        Assert.Equal(kept.Graph, written.Graph);
        foreach (var key in new[] { "maep.kind", OnnxNames.Network, OnnxNames.Options })
            Assert.Equal(file.Metadata[key], written.MetadataProps.Single(pair => pair.Key == key).Value);
    }
}
