using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>
/// Rows for a loaded pipeline: one column holds the images; the pipeline's other input columns, such as the label it was trained with, are there with
/// default values, so that its steps find them.
/// </summary>
/// <param name="schema">Columns that the pipeline was saved with.</param>
/// <param name="column">Index of the column for the images.</param>
/// <param name="getters">Of each row a ValueGetter of that column's raw type.</param>
internal sealed class ImageRowsView(DataViewSchema schema, int column, IReadOnlyList<Delegate> getters) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => getters.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private Delegate Getter(long row) => getters[(int)row];

    private int Column => column;

    private sealed class Cursor(ImageRowsView view) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            _position = _position + 1 < view.GetRowCount() ? _position + 1 : -1;
            return _position >= 0;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (column.Index == view.Column)
                return (ref TValue value) => ((ValueGetter<TValue>)view.Getter(_position))(ref value);
            return column.Type is VectorDataViewType { IsKnownSize: true } vector
                ? (ref TValue value) => value = (TValue)Zeros(typeof(TValue), vector.Size)
                : (ref TValue value) => value = default!;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        // A sparse VBuffer<T> without a value that is set.
        private static object Zeros(Type type, int size) =>
            Activator.CreateInstance(type, size, 0, Array.CreateInstance(type.GetGenericArguments()[0], 0), Array.Empty<int>())!;
    }
}
