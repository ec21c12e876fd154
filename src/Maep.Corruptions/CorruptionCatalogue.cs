using Maep.Corruptions.Blur;
using Maep.Corruptions.Digital;
using Maep.Corruptions.Noise;
using Maep.Corruptions.Weather;

namespace Maep.Corruptions;

/// <summary>The 15 corruptions of the benchmark and the 4 extra ones, in the order of the authors.</summary>
/// <param name="frost">Overlays of the corruption frost.</param>
public sealed class CorruptionCatalogue(FrostOverlays frost)
{
    /// <summary>All 19; the extra ones come last.</summary>
    public IReadOnlyList<Corruption> All { get; } =
    [
        new GaussianNoise(), new ShotNoise(), new ImpulseNoise(),
        new DefocusBlur(), new GlassBlur(), new MotionBlur(), new ZoomBlur(),
        new Snow(), new Frost(frost), new Fog(), new Brightness(),
        new Contrast(), new ElasticTransform(), new Pixelate(), new JpegCompression(),
        new SpeckleNoise(), new GaussianBlur(), new Spatter(), new Saturate(),
    ];

    /// <summary>What <see cref="Select"/> knows: "all", "benchmark", the groups and the corruptions.</summary>
    public IReadOnlyList<string> Names => ["all", "benchmark", .. Enum.GetValues<CorruptionGroup>().Select(NameOf), .. All.Select(corruption => corruption.Name)];

    /// <summary>The corruptions that words name, in catalogue order and each once.</summary>
    /// <param name="words">Corruptions, groups, "benchmark" for the 15, "all" for the 19.</param>
    /// <exception cref="ArgumentException">A word names nothing.</exception>
    public IReadOnlyList<Corruption> Select(IEnumerable<string> words)
    {
        var chosen = words.SelectMany(Named).ToHashSet();
        return [.. All.Where(chosen.Contains)];
    }

    private IEnumerable<Corruption> Named(string word)
    {
        Corruption[] found = [.. All.Where(corruption => word == corruption.Name || word == NameOf(corruption.Group) || word == "all"
            || (word == "benchmark" && corruption.Group != CorruptionGroup.Extra))];
        return found.Length > 0 ? found : throw new ArgumentException($"Corruption '{word}' is not known; use {string.Join(", ", Names)}.", nameof(word));
    }

    private static string NameOf(CorruptionGroup group) => group.ToString().ToLowerInvariant();
}
