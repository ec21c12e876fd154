using System.Text.Json;
using System.Xml.Linq;

namespace Maep.Cli.Tests;

/// <summary>Who may reference whom, read from the project files.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Maep.Images"] = [],
        ["Maep.Attacks"] = ["Maep.Images"],
        ["Maep.Networks"] = ["Maep.Attacks", "Maep.Images"],
        ["Maep.Training"] = ["Maep.Attacks", "Maep.Images", "Maep.Networks"],
        ["Maep.Export"] = ["Maep.Training"],
        ["Maep.Corruptions"] = ["Maep.Images"],
        // Transforms: what is measured on corrupted images is the transform that users run, and its reader of their folders.
        ["Maep.Evaluation"] = ["Maep.Attacks", "Maep.Export", "Maep.Training", "Maep.Transforms"],
        ["Maep.Transforms"] = [],
        ["Maep.Protection"] = ["Maep.Evaluation"],
        ["Maep.Cli"] = ["Maep.Corruptions", "Maep.Evaluation", "Maep.Protection", "Maep.Transforms"],
    };

    private static readonly string[] NativePackages = ["TorchSharp-", "libtorch", "Microsoft.ML.OnnxRuntime", "SkiaSharp.NativeAssets"];

    public static TheoryData<string> Libraries => [.. Allowed.Keys];

    public static TheoryData<string> TestProjects => [.. Projects("tests").Where(project => project.EndsWith(".Tests", StringComparison.Ordinal))];

    private const string Measuring = "Measuring";

    private static string[] Samples => [.. Projects("samples").Where(project => project != Measuring)];

    [Fact]
    public void Every_project_of_src_is_in_the_list()
    {
        var projects = Projects("src");

        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), projects);
    }

    [Theory, MemberData(nameof(Libraries))]
    public void A_project_references_exactly_those_it_may(string project)
    {
        var references = References(Load("src", project));

        Assert.Equal(Allowed[project], references);
    }

    [Theory, MemberData(nameof(TestProjects))]
    public void A_test_project_references_the_one_it_tests(string project)
    {
        var references = References(Load("tests", project));

        Assert.Equal(project == "Maep.Samples.Tests" ? Samples : [project[..^".Tests".Length]], references);
    }

    [Fact]
    public void A_sample_references_the_transform_and_at_most_what_the_samples_measure_attacks_with()
    {
        Assert.All(Samples, sample => Assert.Equal(["Maep.Transforms"], References(Load("samples", sample)).Except([Measuring])));
        Assert.Equal(["Maep.Export"], References(Load("samples", Measuring)));
    }

    [Theory, MemberData(nameof(Libraries))]
    public void Native_packages_come_from_native_props_and_into_executables_only(string project)
    {
        var file = Load("src", project);
        var executable = file.Descendants("OutputType").Any(type => type.Value == "Exe");

        var native = Packages(file).Where(IsNative);
        var imports = file.Descendants("Import").Any(import => import.Attribute("Project")!.Value.EndsWith("eng/Native.props", StringComparison.Ordinal));

        Assert.Empty(native);
        Assert.Equal(executable, imports);
    }

    [Theory, MemberData(nameof(TestProjects))]
    public void Tests_take_native_packages_from_native_props(string project)
    {
        var file = Load("tests", project);

        var native = Packages(file).Where(IsNative);
        var imports = file.Descendants("Import").Select(import => import.Attribute("Project")!.Value);

        Assert.Empty(native);
        // Tests of the transform have no libtorch, as its users have none; tests of images and corruptions need none.
        Assert.Contains(project is "Maep.Transforms.Tests" or "Maep.Images.Tests" or "Maep.Corruptions.Tests" ? "../../eng/OnnxRuntime.props" : "../../eng/Native.props", imports);
    }

    [Fact]
    public void Transforms_depend_on_no_torchsharp_not_even_through_others()
    {
        // What restore resolved: the packages of packages, too.
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Maep.Transforms", "obj", "project.assets.json")));

        var packages = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name).ToArray();

        Assert.Contains(packages, package => package.StartsWith("Microsoft.ML.DataView/", StringComparison.Ordinal));
        Assert.DoesNotContain(packages, package => package.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Published_are_the_library_and_the_tool_only()
    {
        var published = Projects("src").Where(project => Load("src", project).Descendants("Import")
            .Any(import => import.Attribute("Project")!.Value.EndsWith("eng/Package.props", StringComparison.Ordinal)));

        Assert.Equal(["Maep.Cli", "Maep.Transforms"], published);
    }

    [Fact]
    public void Native_props_do_bring_the_native_packages()
    {
        var native = new[] { "Native.props", "OnnxRuntime.props" }
            .SelectMany(file => Packages(XDocument.Load(Path.Combine(Repository.Root, "eng", file)))).Where(IsNative);

        Assert.Equal(
            ["Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Gpu", "SkiaSharp.NativeAssets.Linux.NoDependencies", "TorchSharp-cpu", "TorchSharp-cuda-linux"],
            native.Order(StringComparer.Ordinal));
    }

    private static string[] Projects(string folder) =>
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, folder)).Where(path => File.Exists(ProjectFile(path)))
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static XDocument Load(string folder, string project) => XDocument.Load(ProjectFile(Path.Combine(Repository.Root, folder, project)));

    private static string ProjectFile(string folder) => Path.Combine(folder, Path.GetFileName(folder) + ".csproj");

    private static IEnumerable<string> References(XDocument project) =>
        project.Descendants("ProjectReference").Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Packages(XDocument project) =>
        project.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

    // By prefix, for all their platforms; the managed half of ONNX Runtime shares the prefix and is no native package.
    private static bool IsNative(string package) =>
        NativePackages.Any(native => package.StartsWith(native, StringComparison.Ordinal)) && package != "Microsoft.ML.OnnxRuntime.Managed";
}
