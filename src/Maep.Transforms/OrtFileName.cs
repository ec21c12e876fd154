namespace Maep.Transforms;

/// <summary>
/// A rare failure of loading that is neither ours nor the file's: ML.NET writes the network of an ONNX step to <c>Path.GetRandomFileName()</c>,
/// and ONNX Runtime takes a name that ends in ".ort" for its own format (docs/mlnet-ort-file-name.md). Another name is all it takes.
/// </summary>
internal static class OrtFileName
{
    // Three in a row fail once in 35 million million loads: then it is something else.
    private const int Attempts = 3;

    private const string Message = "ORT model verification failed";

    /// <summary>Loads once more where a random file name was to blame; any other failure is thrown as it is.</summary>
    public static T Retry<T>(Func<T> load)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return load();
            }
            catch (Exception error) when (attempt < Attempts && IsToBlame(error))
            {
            }
        }
    }

    /// <summary>Whether ONNX Runtime refused a file as one of its own format; ML.NET wraps that error in others.</summary>
    public static bool IsToBlame(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.Contains(Message, StringComparison.Ordinal))
            {
                return true;
            }
        }
        return false;
    }
}
