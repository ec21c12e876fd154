using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>Purifies single rows, as a prediction engine asks for them.</summary>
internal sealed class PurifyingRowMapper(PurifierMapping mapping) : IRowToRowMapper
{
    public DataViewSchema InputSchema => mapping.InputSchema;

    public DataViewSchema OutputSchema => mapping.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        mapping.Dependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new PurifyingRow(mapping, input, [.. activeColumns.Select(column => column.Index)]);
}

/// <summary>One row with its image purified, at most once for each position of the row underneath.</summary>
internal sealed class PurifyingRow : DataViewRow
{
    private readonly PurifierMapping _mapping;
    private readonly DataViewRow _input;
    private readonly HashSet<int> _active;
    private readonly CapturedColumn? _captured;
    private readonly PurificationBatch? _batch;
    private long? _purifiedPosition;

    public PurifyingRow(PurifierMapping mapping, DataViewRow input, HashSet<int> active)
    {
        _mapping = mapping;
        _input = input;
        _active = active;
        if (active.Contains(mapping.InputSchema.Count))
        {
            _captured = CapturedColumn.Create(input, mapping.Source, capacity: 1);
            _batch = PurificationBatch.Create(mapping, _captured, capacity: 1);
        }
    }

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active.Contains(column.Index))
        {
            throw new InvalidOperationException($"Column '{column.Name}' is not active in this row; ask for it in GetRow.");
        }
        if (!_mapping.IsPurified(column))
        {
            return _input.GetGetter<TValue>(_mapping.InputSchema[column.Index]);
        }
        return _batch!.CreateGetter(ReadSlot) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type.RawType}, not {typeof(TValue)}.");
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private int ReadSlot()
    {
        if (_purifiedPosition != _input.Position)
        {
            _mapping.Session.ThrowIfDisposed();
            _purifiedPosition = null; // whatever fails below leaves nothing of another row
            _batch!.Clear();
            _captured!.Capture(slot: 0);
            _batch.Add(slot: 0, _input.Position);
            _purifiedPosition = _input.Position;
        }
        return 0;
    }
}
