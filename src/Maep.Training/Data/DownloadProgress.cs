namespace Maep.Training.Data;

/// <summary>How far a download is.</summary>
/// <param name="ReceivedBytes">Bytes on disk, those of an earlier try included.</param>
/// <param name="TotalBytes">Size of the whole file; null when the server does not say.</param>
public readonly record struct DownloadProgress(long ReceivedBytes, long? TotalBytes);
