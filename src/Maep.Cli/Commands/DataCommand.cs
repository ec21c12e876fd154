using System.CommandLine;
using System.Globalization;
using Maep.Training.Data;

namespace Maep.Cli.Commands;

/// <summary><c>maep data cifar10|cifar100</c>: downloads a data set, checked and whole.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var set = new Argument<string>("set") { Description = "cifar10 or cifar100." };
        set.AcceptOnlyFromAmong("cifar10", "cifar100");
        var to = new Option<string?>("--to") { Description = "Folder to unpack into (default: MAEP_DATA, then ./data)." };
        var command = new Command("data", "Download a data set from its official address.") { set, to };
        command.SetAction(async (parsed, cancellation) =>
        {
            var which = parsed.GetValue(set) == "cifar10" ? CifarSet.Cifar10 : CifarSet.Cifar100;
            var folder = await CifarDownload.FetchAsync(which, DataSource.Root(parsed.GetValue(to)), new MegabyteLines(), null, cancellation).ConfigureAwait(false);
            Console.WriteLine($"{parsed.GetValue(set)} is in {folder}");
            return ExitCode.Success;
        });
        return command;
    }

    private sealed class MegabyteLines : IProgress<DownloadProgress>
    {
        private const long Every = 10 << 20;

        private long _next;

        public void Report(DownloadProgress value)
        {
            if (value.ReceivedBytes < _next)
                return;
            _next = value.ReceivedBytes + Every;
            var total = value.TotalBytes is { } bytes ? $" of {bytes >> 20}" : "";
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"received {value.ReceivedBytes >> 20}{total} MiB"));
        }
    }
}
