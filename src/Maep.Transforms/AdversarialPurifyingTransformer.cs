using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary><see cref="ITransformer"/> that purifies the images of a column in batches, as rows are read.</summary>
/// <remarks>
/// Threads may share it. A prediction engine made from it disposes it with itself; every use afterwards, also through views made
/// before, throws <see cref="ObjectDisposedException"/>.
/// </remarks>
/// <seealso cref="AdversarialPurifyingEstimator"/>
public sealed class AdversarialPurifyingTransformer : ITransformer, IDisposable
{
    private readonly TransformsCatalog _catalog;
    private readonly AdversarialPurifierOptions _options;
    private readonly byte[] _file;
    private readonly PurifiedColumn _column;
    private readonly PurifierSession _session;

    /// <param name="catalog">For stock steps.</param>
    /// <param name="options">Columns and device.</param>
    /// <param name="file">ONNX for the column, its layout and tiles included.</param>
    /// <param name="column">The column to purify.</param>
    internal AdversarialPurifyingTransformer(TransformsCatalog catalog, AdversarialPurifierOptions options, byte[] file, PurifiedColumn column)
    {
        _catalog = catalog;
        _options = options;
        _file = file;
        _column = column;
        _session = new PurifierSession(file, options, message => ContextEnvironment.Warn(catalog, message));
    }

    /// <summary>What the exporter wrote into the ONNX file, such as <c>maep.name</c>.</summary>
    public IReadOnlyDictionary<string, string> ModelMetadata => _session.Metadata;

    /// <summary>True: each row is purified by itself, batches only save time.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The schema after purification: the input's, and the purified column.</summary>
    /// <param name="inputSchema">Schema with the column to purify.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or of another type or size than the one fitted on.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    /// <summary>A view of the input with the purified column; reads no row.</summary>
    /// <param name="input">Data with the column to purify.</param>
    /// <inheritdoc cref="GetOutputSchema"/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return OnnxExportGuard.Around(new PurifiedDataView(input, Map(input.Schema)), _options);
    }

    /// <summary>A mapper for single rows, which a prediction engine uses.</summary>
    /// <inheritdoc cref="GetOutputSchema"/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new PurifyingRowMapper(Map(inputSchema));

    /// <summary>Saves the same computation as ML.NET's own transformers, the ONNX file included; loading it needs nothing of this library.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        _session.ThrowIfDisposed();
        using var chain = StockChain.Create(ContextEnvironment.TempFolder(_catalog), _file, _column, _options.OutputColumnName);
        chain.Save(ctx);
    }

    /// <summary>Frees the ONNX Runtime session, after calls under way on other threads have ended.</summary>
    public void Dispose() => _session.Dispose();

    private PurifierMapping Map(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _session.ThrowIfDisposed();
        return new PurifierMapping(inputSchema, _column, _session, _catalog, _options);
    }
}
