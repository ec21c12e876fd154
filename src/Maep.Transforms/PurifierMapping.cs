using Microsoft.ML;

namespace Maep.Transforms;

/// <summary>A purifier applied to one input schema: the output schema, and which input columns an output column needs.</summary>
internal sealed class PurifierMapping
{
    /// <summary>A batch takes no further row once its purified images, or the captured columns of its rows, fill this.</summary>
    public const int MaximumBatchBytes = 64 << 20;

    private readonly int _batchSize;

    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or of another type or size than fitted.</exception>
    public PurifierMapping(DataViewSchema inputSchema, PurifiedColumn column, PurifierSession session, TransformsCatalog catalog, AdversarialPurifierOptions options)
    {
        InputSchema = inputSchema;
        Session = session;
        Catalog = catalog;
        Options = options;
        Column = column;
        Source = column.Match(inputSchema);

        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumn(options.OutputColumnName, Column.OutputType(Source.Type), Column.IsImage ? null : Source.Annotations);
        OutputSchema = builder.ToSchema();

        // Per image: the tensor in, the tensor out, and the captured column (4 bytes a pixel, or 4 a value).
        var imageBytes = 3L * sizeof(float) * Column.Length;
        _batchSize = (int)Math.Clamp(MaximumBatchBytes / imageBytes, 1, Math.Max(1, options.BatchSize / Column.TilesOfImage));
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public PurifiedColumn Column { get; }

    public PurifierSession Session { get; }

    /// <summary>For stock transforms that a mapping needs.</summary>
    public TransformsCatalog Catalog { get; }

    public AdversarialPurifierOptions Options { get; }

    /// <summary>The column to purify in <see cref="InputSchema"/>.</summary>
    public DataViewSchema.Column Source { get; }

    /// <summary>Whether a column of <see cref="OutputSchema"/> is the purified one; the others keep their index in <see cref="InputSchema"/>.</summary>
    public bool IsPurified(DataViewSchema.Column output) => output.Index == InputSchema.Count;

    /// <summary>Input columns that the given output columns are made of.</summary>
    public List<DataViewSchema.Column> Dependencies(IEnumerable<DataViewSchema.Column> outputs) =>
        [.. outputs.Select(output => IsPurified(output) ? Source : InputSchema[output.Index]).DistinctBy(column => column.Index)];

    /// <summary>Rows to read ahead: this many are purified together.</summary>
    public int BatchSize(bool purifies, IEnumerable<DataViewSchema.Column> inputs) =>
        purifies && inputs.All(column => CapturedColumn.CanLookAhead(column.Type)) ? _batchSize : 1;
}
