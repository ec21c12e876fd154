using Maep.Evaluation.Comparison;

namespace Maep.Cli;

/// <summary>A row of a table.</summary>
/// <param name="Title">The purifier.</param>
/// <param name="Source">A recipe, from the folder of recipes, a shipped model, or what --purifier takes.</param>
/// <param name="TrainedOn">Training set; null for a purifier that learned nothing.</param>
internal sealed record PurifierRow(string Title, string Source, string? TrainedOn = null)
{
    /// <summary>The paper's figures under PGD.</summary>
    public PaperAccuracy? Pgd { get; init; }

    /// <summary>The paper's figures under AutoAttack.</summary>
    public PaperAccuracy? AutoAttack { get; init; }

    /// <summary>Whether a training run makes the purifier.</summary>
    public bool IsRecipe => Source.EndsWith(".json", StringComparison.Ordinal);

    /// <summary>The paper's figures under an attack of that name.</summary>
    public PaperAccuracy? Paper(string attack) => attack switch { "pgd" => Pgd, "autoattack" => AutoAttack, _ => null };
}

/// <summary>Purifiers to measure side by side, with the paper's figures.</summary>
/// <param name="Name">The command: <c>maep benchmark NAME</c>.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Description">What it compares.</param>
/// <param name="Data">Test set that the paper's figures are for.</param>
/// <param name="Rows">The purifiers.</param>
internal sealed record PurifierTable(string Name, string Title, string Description, string Data, IReadOnlyList<PurifierRow> Rows)
{
    /// <summary>The paper's bare WRN-28-10, under an attack of that name; null where the paper has no such attack.</summary>
    public PaperAccuracy? PaperBare(string attack) => attack is not ("pgd" or "autoattack") ? null : Data == "cifar100" ? new(81.66, 0) : new(94.78, 0);
}

/// <summary>The tables of the paper that purifiers of this library have rows in, and one that it lacks.</summary>
internal static class PurifierTables
{
    private const string Cifar10 = "CIFAR-10";
    private const string Cifar100 = "CIFAR-100";

    private static readonly PaperAccuracy MaepOnCifar10ByPgd = new(92.31, 86.19);
    private static readonly PaperAccuracy MaepOnCifar10ByAutoAttack = new(92.30, 88.73);

    // The paper hides patches in every step; a tenth of them spends the small budget here on purification (docs/training.md).
    private const string TenthMasked = "MAEP (Eq. 15, a tenth of the steps masked)";

    private static readonly PurifierRow Maep = new(TenthMasked, "maep-cifar10-equal.json", Cifar10) { Pgd = MaepOnCifar10ByPgd, AutoAttack = MaepOnCifar10ByAutoAttack };
    private static readonly PurifierRow Shipped = new("maep-cifar10 (shipped: guidance, three cycles)", "maep-cifar10.onnx", Cifar10) { Pgd = MaepOnCifar10ByPgd, AutoAttack = MaepOnCifar10ByAutoAttack };
    private static readonly PurifierRow Disco = new("DISCO", "disco-cifar10-equal.json", Cifar10) { Pgd = new(89.26, 82.99), AutoAttack = new(89.26, 85.33) };
    private static readonly PurifierRow MaepOfCifar100 = new(TenthMasked, "maep-cifar100-equal.json", Cifar100) { Pgd = new(73.67, 70.96), AutoAttack = new(73.67, 76.22) };
    private static readonly PurifierRow DiscoOfCifar100 = new("DISCO", "disco-cifar100.json", Cifar100) { Pgd = new(69.78, 73.36), AutoAttack = new(69.78, 76.91) };

    /// <summary>Every table.</summary>
    public static IReadOnlyList<PurifierTable> All { get; } =
    [
        new("cifar10", "Purifiers on CIFAR-10", "Compare every purifier on CIFAR-10: accuracy and image quality (the paper's Tables 1 and 3).", "cifar10",
        [
            new("JPEG, quality 75", "jpeg:75"),
            new("median, 3x3", "median:3"),
            new("bit depth, 4", "bits:4"),
            new("total variation, 0.05", "tv:0.05"),
            new("resize and pad, 0.9", "resize-pad:0.9"),
            new("Anti-Adv, 0.15", "anti-adv:0.15"),
            Disco, Maep, Shipped,
        ]),
        new("cifar100", "Purifiers on CIFAR-100", "Compare purifiers on CIFAR-100 (the paper's Table 4); give a CIFAR-100 classifier.", "cifar100", [DiscoOfCifar100, MaepOfCifar100]),
        new("transfer-cifar10", "Transfer to CIFAR-10", "Compare purifiers trained on CIFAR-100 with those trained on CIFAR-10 (the paper's Table 7).", "cifar10",
        [
            Disco, Maep, Shipped,
            DiscoOfCifar100 with { Pgd = null, AutoAttack = new(89.78, 87.44) },
            MaepOfCifar100 with { Pgd = null, AutoAttack = new(91.58, 84.73) },
        ]),
        new("transfer-cifar100", "Transfer to CIFAR-100", "Compare purifiers trained on CIFAR-10 with those trained on CIFAR-100 (the paper's Table 8); give a CIFAR-100 classifier.", "cifar100",
        [
            DiscoOfCifar100, MaepOfCifar100,
            Disco with { Pgd = null, AutoAttack = new(72.50, 69.22) },
            Maep with { Pgd = null, AutoAttack = new(75.37, 68.75) },
            Shipped with { Pgd = null, AutoAttack = new(75.37, 68.75) },
        ]),
        new("losses", "Loss designs", "Compare the loss designs of the paper's Table 10.", "cifar10",
        [
            new("Reconstruction (Eq. 16)", "losses/reconstruction.json", Cifar10) { AutoAttack = new(94.74, 82.73) },
            new("TRADES, pixels (Eq. 20)", "losses/trades-pixel.json", Cifar10) { AutoAttack = new(94.75, 0.85) },
            new("TRADES, latent (Eq. 21)", "losses/trades-latent.json", Cifar10) { AutoAttack = new(94.64, 38.16) },
            new("MLM (Eq. 17, 18)", "losses/mlm.json", Cifar10) { AutoAttack = new(92.85, 61.46) },
            new("MAEP (Eq. 15, every step masked)", "masking/0.5.json", Cifar10) { AutoAttack = MaepOnCifar10ByAutoAttack },
            new(TenthMasked, "maep-cifar10-eq15.json", Cifar10),
        ]),
        new("masking", "Masking ratios", "Compare masking ratios in training; the paper has no such table.", "cifar10",
            [.. new[] { "0", "0.25", "0.5", "0.75" }.Select(ratio => new PurifierRow($"masking ratio {ratio}", $"masking/{ratio}.json", Cifar10))]),
    ];
}
