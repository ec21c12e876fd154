using System.Reflection;
using Maep.Transforms;
using Microsoft.ML;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>Opens saved ML.NET pipelines, also those with components of assemblies that the program does not reference.</summary>
internal static class PipelineFile
{
    /// <summary>The pipeline, and the schema it was saved with; null where it was saved without one.</summary>
    /// <param name="path">The .zip file.</param>
    /// <param name="assemblies">Assemblies (.dll) that have components of it.</param>
    /// <exception cref="FileNotFoundException">No such file, or no such assembly.</exception>
    /// <exception cref="InvalidDataException">No ML.NET model, one with a component that is in no known assembly, or an assembly file that is none.</exception>
    public static (ITransformer Model, DataViewSchema? Schema) Load(string path, IReadOnlyList<string> assemblies)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{path}' does not exist; give a saved ML.NET pipeline as .zip, or a classifier as .onnx.", path);
        var context = new MLContext(seed: 1);
        foreach (var assembly in assemblies)
            Register(context, assembly);
        try
        {
            return (PurifiedPipeline.Load(context, path, out var schema), schema);
        }
        catch (Exception error) when (Fault(path, error) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>What an error of ML.NET says of a pipeline; null for one that is not the pipeline's.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="error">What was thrown while it was loaded or run.</param>
    public static InvalidDataException? Fault(string path, Exception error)
    {
        const string Remedy = "give the assembly (.dll) that has it with --assembly FILE.dll, its dependencies beside it";
        return Reason(error) switch
        {
            FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) =>
                new($"{path}: the pipeline has a component of the assembly '{new AssemblyName(name).Name}', which is not here; {Remedy}.", error),
            TypeLoadException or FileLoadException or BadImageFormatException or TypeInitializationException or MissingMemberException => // DllNotFoundException is one of the first
                new($"{path}: a component of the pipeline cannot be loaded ({error.GetBaseException().Message.ReplaceLineEndings(" ")}); {Remedy}, native libraries included.", error),
            InvalidDataException or FormatException or InvalidOperationException or ArgumentException or NotSupportedException or IOException =>
                new($"{path}: ML.NET cannot load it ({error.GetBaseException().Message.ReplaceLineEndings(" ")}). Save the pipeline with mlContext.Model.Save; where it has a component of your own, such as a custom mapping, {Remedy}.", error),
            _ when error is TargetInvocationException => new($"{path}: a component of the pipeline cannot be read ({error.GetBaseException().Message.ReplaceLineEndings(" ")}); the file is damaged, or its component of another version.", error),
            _ => null,
        };
    }

    // ML.NET creates components by reflection, one inside another.
    private static Exception Reason(Exception error) => error is TargetInvocationException { InnerException: { } inner } ? Reason(inner) : error;

    private static void Register(MLContext context, string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"--assembly {path}: no such file; name the .dll that has the components of the pipeline.", path);
        try
        {
            context.ComponentCatalog.RegisterAssembly(Assembly.LoadFrom(Path.GetFullPath(path)));
        }
        catch (Exception error) when (error is BadImageFormatException or FileLoadException or FileNotFoundException or ReflectionTypeLoadException or TypeLoadException)
        {
            throw new InvalidDataException($"--assembly {path}: no .NET assembly that can be loaded ({error.Message.ReplaceLineEndings(" ")}); name the .dll that has the components of the pipeline, its dependencies beside it.", error);
        }
    }
}
