namespace Maep.Export.Import;

/// <summary>How several images pass a network at once.</summary>
internal enum BatchMode
{
    /// <summary>The file takes any number.</summary>
    Free,

    /// <summary>The file says one, but the graph works for more once its shapes follow.</summary>
    Freed,

    /// <summary>The graph works for the number that it says only, so images pass in such groups.</summary>
    Looped,
}

/// <summary>How several images pass a network at once.</summary>
/// <param name="Mode">The way.</param>
/// <param name="Size">Images that the file takes at once.</param>
internal sealed record BatchHandling(BatchMode Mode, long Size);
