namespace Maep.Training.Data;

/// <summary>Random crops of the photographs of a folder.</summary>
public static class PhotoCrops
{
    /// <summary>Crops every photograph that is not left for tests, several times.</summary>
    /// <param name="photographs">The photographs by class.</param>
    /// <param name="recipe">Sizes and numbers.</param>
    /// <returns>The first crop of each photograph, then the second of each, and so on.</returns>
    /// <exception cref="ArgumentException">A crop is larger than the photograph as it is read, or no photograph is left.</exception>
    /// <exception cref="InvalidDataException">A photograph cannot be decoded, or all are too many pixels for one array.</exception>
    public static LabelledImages Make(ImageTree photographs, FolderRecipe recipe)
    {
        if (recipe.CropSize < 1 || recipe.CropSize > recipe.PhotoSize)
            throw new ArgumentException($"Crops of {recipe.CropSize} pixels cannot be cut from photographs read at {recipe.PhotoSize}; set CropSize to 1..{recipe.PhotoSize}.", nameof(recipe));
        var all = ImageFolder.Read(photographs, recipe.PhotoSize, recipe.PhotoSize, resize: true).InTurns();
        if (recipe.HeldOut < 0 || recipe.HeldOut >= all.Count || recipe.Crops < 1)
            throw new ArgumentException($"HeldOut {recipe.HeldOut} and Crops {recipe.Crops} leave nothing of the {all.Count} photographs of {photographs.Root}; set HeldOut to 0..{all.Count - 1} and Crops to 1 or more.", nameof(recipe));
        var bytes = 3 * recipe.CropSize * recipe.CropSize;
        var count = (long)(all.Count - recipe.HeldOut) * recipe.Crops;
        if (count * bytes > Array.MaxLength)
            throw new ArgumentException($"{count} crops of {bytes} bytes are more than the {Array.MaxLength} bytes of one set; lower Crops to {Array.MaxLength / bytes / (all.Count - recipe.HeldOut)} or less.", nameof(recipe));
        var used = all.Slice(recipe.HeldOut, all.Count - recipe.HeldOut);
        var random = new Random(recipe.Seed);
        var room = recipe.PhotoSize - recipe.CropSize + 1;
        var windows = new (int Top, int Left, bool Flipped)[count];
        for (var crop = 0; crop < windows.Length; crop++)
            windows[crop] = (random.Next(room), random.Next(room), random.Next(2) == 1);
        var (pixels, labels) = (new byte[count * bytes], new int[count]);
        for (var photo = 0; photo < used.Count; photo++)
        {
            var whole = used.Image(photo); // decoded once for all its crops
            for (var crop = photo; crop < windows.Length; crop += used.Count)
            {
                labels[crop] = used.Labels[photo];
                Crop(whole, recipe, windows[crop].Top, windows[crop].Left, windows[crop].Flipped, pixels.AsSpan(crop * bytes, bytes));
            }
        }
        return new LabelledImages(used.Name, pixels, labels, recipe.CropSize, recipe.CropSize, used.ClassNames);
    }

    private static void Crop(ReadOnlySpan<byte> photo, FolderRecipe recipe, int top, int left, bool flipped, Span<byte> crop)
    {
        for (var row = 0; row < 3 * recipe.CropSize; row++)
        {
            var (channel, y) = Math.DivRem(row, recipe.CropSize);
            var line = crop.Slice(row * recipe.CropSize, recipe.CropSize);
            photo.Slice((((channel * recipe.PhotoSize) + top + y) * recipe.PhotoSize) + left, recipe.CropSize).CopyTo(line);
            if (flipped)
                line.Reverse();
        }
    }
}
