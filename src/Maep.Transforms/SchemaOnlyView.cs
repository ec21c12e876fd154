using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Transforms;

/// <summary>Stands for data while stock steps are fitted that look at the schema alone.</summary>
internal sealed class SchemaOnlyView : IDataView
{
    public SchemaOnlyView(string column, DataViewType type)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column, type);
        Schema = builder.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => 0;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        throw new NotSupportedException("A stock step asked for rows while being fitted; only steps that need none can be part of a purifier.");

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
