using System.Reflection;
using Microsoft.ML;

namespace Maep.Transforms;

/// <summary>
/// Makes <c>mlContext.Model.ConvertToOnnx</c> refuse a pipeline with a purifier. It walks back from the last view over those of an
/// internal interface and takes any other, such as ours, for the source of the data: it would write the pipeline without its purifier and
/// say nothing. So a purified view implements that interface, by a proxy, and answers the walk with an error.
/// </summary>
/// <remarks>Converting itself is out of reach: ML.NET writes operator set 12 at most, and purifiers need up to 23.</remarks>
internal class OnnxExportGuard : DispatchProxy
{
    private IDataView _view = null!;
    private string _refusal = "";

    /// <summary>The view behind the guard; itself where this version of ML.NET has no such interface.</summary>
    internal static IDataView Around(IDataView view, AdversarialPurifierOptions options)
    {
        if (typeof(MLContext).Assembly.GetType("Microsoft.ML.Model.OnnxConverter.ITransformCanSaveOnnx") is not { } walked)
        {
            return view;
        }
        var proxy = (IDataView)Create(walked, typeof(OnnxExportGuard));
        var guard = (OnnxExportGuard)proxy;
        guard._view = view;
        guard._refusal = $"ML.NET cannot convert the purifier of column '{options.OutputColumnName}' to ONNX. The purifier is an ONNX file itself ({options.ModelPath}): run that file first, "
            + "and convert only the steps after it, on data that do not come from the purifier: mlContext.Model.ConvertToOnnx(stepsAfterIt, mlContext.Data.Cache(purifiedView), stream). "
            + "mlContext.Model.Save writes the whole pipeline, for ML.NET.";
        return proxy;
    }

    /// <summary>Passes the members of <see cref="IDataView"/> on; any other is asked of a view that is being converted.</summary>
    /// <param name="targetMethod">A member of the interface.</param>
    /// <param name="args">Its arguments.</param>
    /// <exception cref="InvalidOperationException">The pipeline is being converted to ONNX.</exception>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.DeclaringType == typeof(IDataView)
        ? targetMethod.Invoke(_view, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null)
        : throw new InvalidOperationException(_refusal);
}
