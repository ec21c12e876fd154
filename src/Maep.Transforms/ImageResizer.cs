using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Maep.Transforms;

/// <summary>Resizes single images by ML.NET's own <c>ResizeImages</c>, so that they equal those of the saved chain.</summary>
internal sealed class ImageResizer
{
    private const string Source = "Image";
    private const string Target = "Resized";

    private readonly Action<MLImage> _show;
    private readonly ValueGetter<MLImage> _getter;

    public ImageResizer(TransformsCatalog catalog, int width, int height, ImageResizingEstimator.ResizingKind kind)
    {
        var empty = new SchemaOnlyView(Source, new ImageDataViewType());
        var mapper = ((ITransformer)catalog.ResizeImages(Target, width, height, Source, kind).Fit(empty)).GetRowToRowMapper(empty.Schema);
        var row = new SingleImage(empty.Schema);
        _show = row.MoveTo;
        var target = mapper.OutputSchema[Target];
        _getter = mapper.GetRow(row, [target]).GetGetter<MLImage>(target);
    }

    /// <summary>A new image of the target size; the caller disposes both.</summary>
    public MLImage Resize(MLImage image)
    {
        _show(image);
        MLImage resized = null!;
        _getter(ref resized);
        return resized;
    }

    private sealed class SingleImage(DataViewSchema schema) : DataViewRow
    {
        private MLImage? _image;
        private long _position = -1;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        public override long Batch => 0;

        public void MoveTo(MLImage image)
        {
            _image = image;
            _position++; // stock rows cache a value for each position
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            (Delegate)(ValueGetter<MLImage>)((ref MLImage value) => value = _image!) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds images, not {typeof(TValue)}.");

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = default;
    }
}
