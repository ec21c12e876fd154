using System.Globalization;
using Maep.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Maep.Evaluation.CommonCorruptions;

/// <summary>A purifier as programs use it, through the ML.NET transform: over images of its own size, or in tiles over larger ones.</summary>
public sealed class TransformPurifier : IImagePurifier
{
    private const string Column = "Pixels";
    private const string Purified = "Purified";

    private readonly MLContext _context = new(seed: 1);
    private readonly AdversarialPurifyingTransformer _transformer;
    private readonly SchemaDefinition _schema = SchemaDefinition.Create(typeof(Row));
    private readonly string _size;

    /// <param name="path">ONNX of maep export, or the name of a shipped purifier.</param>
    /// <param name="height">Rows of the images.</param>
    /// <param name="width">Columns of the images.</param>
    /// <param name="threads">CPU threads, at least 1.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">No purifier.</exception>
    public TransformPurifier(string path, int height, int width, int threads)
    {
        Name = path;
        _schema[Column].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 3, height, width);
        _size = string.Create(CultureInfo.InvariantCulture, $"{height}x{width}");
        _transformer = _context.Transforms.PurifyAdversarial(new AdversarialPurifierOptions
        {
            ModelPath = path,
            InputColumnName = Column,
            OutputColumnName = Purified,
            SizeHandling = SizeHandling.Tile,
            Threads = threads,
        }).Fit(_context.Data.LoadFromEnumerable<Row>([], _schema));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Description => $"PurifyAdversarial on {_size} pixels, in overlapping tiles where it takes smaller images";

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Purify(IReadOnlyList<float[]> images) =>
        [.. _transformer.Transform(_context.Data.LoadFromEnumerable(images.Select(image => new Row { Pixels = image }), _schema)).GetColumn<float[]>(Purified)];

    /// <inheritdoc/>
    public void Dispose() => _transformer.Dispose();

    private sealed class Row
    {
        public float[] Pixels { get; set; } = [];
    }
}
