using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>
/// Reads a batch of rows ahead from an upstream cursor, purifies them together when the first purified value is asked for, and hands
/// the rows out one by one in the order upstream gave them.
/// </summary>
internal sealed class PurifyingCursor : DataViewRowCursor
{
    private readonly PurifierMapping _mapping;
    private readonly DataViewRowCursor _source;
    private readonly Dictionary<int, CapturedColumn> _captured;
    private readonly PurificationBatch? _batch;
    private readonly HashSet<int> _active;
    private readonly Dictionary<int, Delegate> _getters = [];
    private readonly ValueGetter<DataViewRowId> _idGetter;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batches;
    private readonly int _capacity;
    private int _filled;
    private int _slot = -1;
    private long _position = -1;
    private bool _ended;
    private ExceptionDispatchInfo? _failure;

    public PurifyingCursor(PurifierMapping mapping, DataViewRowCursor source, IReadOnlyCollection<DataViewSchema.Column> outputs)
    {
        _mapping = mapping;
        _source = source;
        _active = [.. outputs.Select(column => column.Index)];

        var inputs = mapping.Dependencies(outputs);
        var purifies = outputs.Any(mapping.IsPurified);
        _capacity = mapping.BatchSize(purifies, inputs);
        _captured = inputs.ToDictionary(column => column.Index, column => CapturedColumn.Create(source, column, _capacity));
        _batch = purifies ? PurificationBatch.Create(mapping, _captured[mapping.Source.Index], _capacity) : null;
        _idGetter = source.GetIdGetter();
        _ids = new DataViewRowId[_capacity];
        _batches = new long[_capacity];
    }

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override long Position => _position;

    public override long Batch => _slot < 0 ? _source.Batch : _batches[_slot];

    public override bool MoveNext()
    {
        if (_slot + 1 < _filled)
        {
            _slot++;
        }
        else if (!Fill())
        {
            _position = -1;
            return false;
        }
        _position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active.Contains(column.Index))
        {
            throw new InvalidOperationException($"Column '{column.Name}' is not active in this cursor; ask for it in GetRowCursor.");
        }
        if (!_getters.TryGetValue(column.Index, out var getter))
        {
            getter = _mapping.IsPurified(column) ? _batch!.CreateGetter(CurrentSlot) : _captured[column.Index].CreateGetter(CurrentSlot);
            _getters.Add(column.Index, getter);
        }
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type.RawType}, not {typeof(TValue)}.");
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[CurrentSlot()];

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    private int CurrentSlot() => _slot >= 0
        ? _slot
        : throw new InvalidOperationException("The cursor is not on a row; call MoveNext first, and stop when it returns false.");

    /// <summary>Reads the next batch and moves to its first row; false where no row is left.</summary>
    private bool Fill()
    {
        _slot = -1;
        _filled = 0;
        _failure?.Throw();
        _batch?.Clear();
        try
        {
            var bytes = 0L;
            while (_filled < _capacity && bytes < PurifierMapping.MaximumBatchBytes && !_ended)
            {
                _mapping.Options.Cancellation.ThrowIfCancellationRequested();
                if (_source.MoveNext())
                {
                    bytes += Capture(_filled);
                    _filled++;
                }
                else
                {
                    _ended = true;
                }
            }
        }
        // A bad row read ahead must not cost the good rows before it: they come first, then the error, which ends the pass. Cancelling is no bad row.
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
            if (_filled == 0 || error is OperationCanceledException)
            {
                _filled = 0;
                throw;
            }
        }
        if (_filled == 0)
        {
            return false;
        }
        _slot = 0;
        return true;
    }

    private long Capture(int slot)
    {
        var bytes = 0L;
        foreach (var column in _captured.Values)
        {
            bytes += column.Capture(slot);
        }
        _batch?.Add(slot, _position + 1 + slot);
        _idGetter(ref _ids[slot]);
        _batches[slot] = _source.Batch;
        return bytes;
    }
}
