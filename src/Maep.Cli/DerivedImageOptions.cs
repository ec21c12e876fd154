using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Maep.Corruptions.Folders;

namespace Maep.Cli;

/// <summary>What commands that make images of images have in common.</summary>
internal sealed class DerivedImageOptions
{
    private const int Listed = 10;

    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of the random numbers; each output has its own, whatever the order.", DefaultValueFactory = _ => 0 };
    private readonly Option<string> _format = new("--format") { Description = "jpeg (quality 85, as ImageNet-C) or png.", DefaultValueFactory = _ => "jpeg" };
    private readonly Option<string> _size = new("--size") { Description = "224, 32, or auto: 32 where the first image is 32x32, 224 otherwise.", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _prepare = new("--prepare")
    {
        Description = "What happens to images of another size: crop (shorter side to 256, the middle 224, as ImageNet-C), stretch, or none (counted as unreadable).",
        DefaultValueFactory = _ => "crop",
    };
    private readonly Option<int> _threads = CommonOptions.Threads();

    public DerivedImageOptions()
    {
        _format.AcceptOnlyFromAmong("jpeg", "png");
        _size.AcceptOnlyFromAmong("auto", "224", "32");
        _prepare.AcceptOnlyFromAmong("crop", "stretch", "none");
    }

    /// <summary>What applies to folders of images only.</summary>
    public IEnumerable<Option> OfFolders => [_format, _size, _prepare];

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _seed, _format, _size, _prepare, _threads })
            command.Add(option);
    }

    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    public OutputFormat Format(ParseResult parsed) => parsed.GetValue(_format) == "png" ? OutputFormat.Png : OutputFormat.Jpeg;

    /// <summary>How the images of a folder are prepared; says what of the folder is passed over, and looks into it when the size is left to it.</summary>
    public Preparation Preparation(ParseResult parsed, string source)
    {
        _ = DataSource.Listed(source, numbered: false);
        var side = parsed.GetValue(_size) is "auto" or null
            ? Maep.Corruptions.Folders.Preparation.SideFor(SourceImage.List(source))
            : int.Parse(parsed.GetValue(_size)!, CultureInfo.InvariantCulture);
        return new Preparation(side, Enum.Parse<PreparationMode>(parsed.GetValue(_prepare)!, ignoreCase: true));
    }

    /// <summary>Runs with a display of progress and says what came of it.</summary>
    /// <returns>Exit code: a failure where no image at all could be read.</returns>
    public static int Run(string destination, string title, Func<Action<int, int>, DerivedSummary> work)
    {
        var clock = Stopwatch.StartNew();
        var summary = LongTask.Run(title, progress => work((done, total) => progress(done, total)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{destination}: {summary.Written} files written from {summary.Sources} images in {clock.Elapsed.TotalSeconds:F1} s; {summary.Finished} images were finished before"));
        if (summary.Unreadable.Count == 0)
            return ExitCode.Success;
        Console.Error.WriteLine($"{summary.Unreadable.Count} images could not be read; {Path.Combine(destination, FolderManifest.FileName)} lists them all:");
        foreach (var fault in summary.Unreadable.Take(Listed))
            Console.Error.WriteLine($"  {fault}");
        return summary.Sources + summary.Finished > 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
