using System.Reflection;
using Microsoft.ML;

namespace Maep.Transforms;

/// <summary>Finds the GPU settings of the <see cref="MLContext"/> that a catalog belongs to.</summary>
internal static class ContextGpu
{
    /// <summary>The options with the context's device where they name none.</summary>
    public static AdversarialPurifierOptions Resolve(TransformsCatalog catalog, AdversarialPurifierOptions options)
    {
        if (options.GpuDeviceId is not null)
        {
            return options;
        }
        var environment = Read(catalog, "IInternalCatalog", "Environment");
        return options with
        {
            GpuDeviceId = Read(environment, "IHostEnvironmentInternal", "GpuDeviceId") as int?,
            FallbackToCpu = options.FallbackToCpu || Read(environment, "IHostEnvironmentInternal", "FallbackToCpu") is true,
        };
    }

    // ML.NET's own catalog extensions reach the context through internal interfaces; from outside there is only reflection.
    // A version without them means "no device set in the context"; a test holds it for the version in use.
    private static object? Read(object? instance, string interfaceName, string property) => instance?.GetType().GetInterface(interfaceName)?
        .GetProperty(property, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(instance);
}
