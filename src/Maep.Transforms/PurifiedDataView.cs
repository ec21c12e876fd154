using Microsoft.ML;

namespace Maep.Transforms;

/// <summary>A view whose rows are purified in batches as they are read.</summary>
internal sealed class PurifiedDataView(IDataView source, PurifierMapping mapping) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => mapping.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var outputs = columnsNeeded.ToList();
        return new PurifyingCursor(mapping, source.GetRowCursor(mapping.Dependencies(outputs), rand), outputs);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var outputs = columnsNeeded.ToList();
        return [.. source.GetRowCursorSet(mapping.Dependencies(outputs), n, rand).Select(cursor => new PurifyingCursor(mapping, cursor, outputs))];
    }
}
