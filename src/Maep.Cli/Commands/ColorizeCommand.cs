using System.CommandLine;
using Maep.Corruptions.Coloring;
using Maep.Corruptions.Folders;

namespace Maep.Cli.Commands;

/// <summary><c>maep colorize</c>: gives a folder of images the colours of others, as ColoredImageNet.</summary>
internal static class ColorizeCommand
{
    public static Command Create(CancellationToken cancellation)
    {
        var source = new Argument<string>("SRC") { Description = "Folder with one folder of images per class." };
        var destination = new Argument<string>("DEST") { Description = "Folder to write: DEST/palette/class/image." };
        var palette = new Option<string>("--palette") { Description = "Image whose colours are given, or a folder of such images.", Required = true };
        var perImage = new Option<int>("--per-image") { Description = "Palettes each image is given, drawn by the seed; 1 to all.", DefaultValueFactory = _ => 1 };
        var common = new DerivedImageOptions();

        var command = new Command("colorize", "Give images the colours of others: Reinhard's transfer in l-alpha-beta.") { source, destination, palette, perImage };
        common.AddTo(command);
        command.SetAction(parsed =>
        {
            var (from, to) = (parsed.GetRequiredValue(source), parsed.GetRequiredValue(destination));
            var palettes = Palette.Load(parsed.GetRequiredValue(palette));
            var work = new ColoredFolder(palettes, parsed.GetValue(perImage), common.Seed(parsed));
            var preparation = common.Preparation(parsed, from);
            Console.WriteLine($"images: {preparation.Description}; palettes: {parsed.GetValue(perImage)} of {palettes.Count} for each");
            return DerivedImageOptions.Run(to, "images coloured", progress => work.Write(from, to, preparation, common.Format(parsed), common.Threads(parsed), progress, cancellation));
        });
        return command;
    }
}
