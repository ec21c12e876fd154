using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Maep.Transforms;

/// <summary>Reaches what an <see cref="MLContext"/> keeps for its components, from a catalog that belongs to it: the GPU settings and the log.</summary>
internal static class ContextEnvironment
{
    private const string Component = "PurifyAdversarial";

    /// <summary>The options with the context's device where they name none.</summary>
    public static AdversarialPurifierOptions Resolve(TransformsCatalog catalog, AdversarialPurifierOptions options)
    {
        if (options.GpuDeviceId is not null)
        {
            return options;
        }
        var environment = Environment(catalog);
        return options with
        {
            GpuDeviceId = Read(environment, "IHostEnvironmentInternal", "GpuDeviceId") as int?,
            FallbackToCpu = options.FallbackToCpu || Read(environment, "IHostEnvironmentInternal", "FallbackToCpu") is true,
        };
    }

    /// <summary>Where the context wants temporary files.</summary>
    public static string TempFolder(TransformsCatalog catalog) =>
        Read(Environment(catalog), "IHostEnvironmentInternal", "TempFilePath") is string { Length: > 0 } folder ? folder : Path.GetTempPath();

    /// <summary>Writes a warning to the context's log.</summary>
    public static void Warn(TransformsCatalog catalog, string message)
    {
        if (Environment(catalog) is not IHostEnvironment environment)
        {
            return;
        }
        using var channel = environment.Start(Component);
        channel.Warning(MessageSensitivity.None, "{0}", message);
    }

    private static object? Environment(TransformsCatalog catalog) => Read(catalog, "IInternalCatalog", "Environment");

    // ML.NET's own catalog extensions reach the context through internal interfaces; from outside there is only reflection.
    // A version without them means "no device set in the context", the process's temporary folder and no warning; tests hold both for the version in use.
    private static object? Read(object? instance, string interfaceName, string property) => instance?.GetType().GetInterface(interfaceName)?
        .GetProperty(property, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(instance);
}
