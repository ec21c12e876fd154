namespace Maep.Training.Data;

/// <summary>Random crops of the photographs of a folder.</summary>
public static class PhotoCrops
{
    /// <summary>Crops every photograph that is not left for tests, several times.</summary>
    /// <param name="root">Folder that holds the class folders.</param>
    /// <param name="recipe">Sizes and numbers.</param>
    /// <returns>The first crop of each photograph, then the second of each, and so on.</returns>
    /// <exception cref="ArgumentException">A crop is larger than the photograph as it is read, or no photograph is left.</exception>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="ImageFolder.Read"/>.</exception>
    public static LabelledImages Make(string root, FolderRecipe recipe)
    {
        if (recipe.Size < 1 || recipe.Size > recipe.ReadSize)
            throw new ArgumentException($"Crops of {recipe.Size} pixels cannot be cut from photographs read at {recipe.ReadSize}; set Size to 1..{recipe.ReadSize}.", nameof(recipe));
        var all = ImageFolder.Read(root, recipe.ReadSize, recipe.ReadSize, resize: true).InTurns();
        if (recipe.Skip < 0 || recipe.Skip >= all.Count || recipe.Crops < 1)
            throw new ArgumentException($"Skip {recipe.Skip} and Crops {recipe.Crops} leave nothing of the {all.Count} photographs of {root}; set Skip to 0..{all.Count - 1} and Crops to 1 or more.", nameof(recipe));
        var used = all.Slice(recipe.Skip, all.Count - recipe.Skip);
        var random = new Random(recipe.Seed);
        var bytes = 3 * recipe.Size * recipe.Size;
        var pixels = new byte[(long)used.Count * recipe.Crops * bytes];
        var labels = new int[used.Count * recipe.Crops];
        for (var crop = 0; crop < labels.Length; crop++)
        {
            var photo = crop % used.Count;
            labels[crop] = used.Labels[photo];
            var room = recipe.ReadSize - recipe.Size + 1;
            Crop(used.Image(photo), recipe, random.Next(room), random.Next(room), random.Next(2) == 1, pixels.AsSpan(crop * bytes, bytes));
        }
        return new LabelledImages(used.Name, pixels, labels, recipe.Size, recipe.Size, used.ClassNames);
    }

    private static void Crop(ReadOnlySpan<byte> photo, FolderRecipe recipe, int top, int left, bool flipped, Span<byte> crop)
    {
        for (var row = 0; row < 3 * recipe.Size; row++)
        {
            var (channel, y) = Math.DivRem(row, recipe.Size);
            var line = crop.Slice(row * recipe.Size, recipe.Size);
            photo.Slice((((channel * recipe.ReadSize) + top + y) * recipe.ReadSize) + left, recipe.Size).CopyTo(line);
            if (flipped)
                line.Reverse();
        }
    }
}
