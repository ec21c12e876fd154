using System.Globalization;

namespace Maep.Cli;

/// <summary>The learning curve of a run as CSV, one row a point. A sitting that goes on from a checkpoint first drops the rows after it, which it draws again.</summary>
/// <param name="path">The file.</param>
/// <param name="step">Step that the sitting goes on from; 0 begins a new curve.</param>
internal sealed class CurveFile(string path, long step)
{
    private bool _isOpen;

    /// <summary>Adds a point. A file with other columns is kept beside, as <c>curve-until-STEP.csv</c>.</summary>
    /// <param name="at">Its step, the first column.</param>
    /// <param name="header">Names of the columns.</param>
    /// <param name="values">The columns after the first.</param>
    public void Append(long at, string header, string values)
    {
        if (!_isOpen)
            Open(header);
        _isOpen = true;
        File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{at},{values}\n"));
    }

    private void Open(string header)
    {
        string[] lines = step > 0 && File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length > 0 && lines[0] != header)
        {
            File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, string.Create(CultureInfo.InvariantCulture, $"curve-until-{step}.csv")), overwrite: true);
            lines = [];
        }
        var kept = lines.Skip(1).Where(line => long.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out var at) && at <= step);
        AtomicFile.WriteText(path, string.Concat(new[] { header }.Concat(kept).Select(line => line + "\n")));
    }
}
