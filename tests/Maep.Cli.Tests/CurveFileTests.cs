namespace Maep.Cli.Tests;

public sealed class CurveFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("maep-curve-").FullName;

    private string Curve => Path.Combine(_folder, "curve.csv");

    [Fact]
    public void A_resumed_run_drops_the_points_that_it_draws_again()
    {
        var first = new CurveFile(Curve, step: 0);
        first.Append(100, "step,psnr", "30");
        first.Append(200, "step,psnr", "31");

        new CurveFile(Curve, step: 150).Append(200, "step,psnr", "31.5");

        Assert.Equal(["step,psnr", "100,30", "200,31.5"], File.ReadAllLines(Curve));
    }

    [Fact]
    public void A_run_from_the_start_begins_a_new_curve()
    {
        File.WriteAllText(Curve, "step,psnr\n100,30\n");

        new CurveFile(Curve, step: 0).Append(50, "step,psnr", "29");

        Assert.Equal(["step,psnr", "50,29"], File.ReadAllLines(Curve));
    }

    [Fact]
    public void A_curve_with_other_columns_is_kept_beside()
    {
        File.WriteAllText(Curve, "step,psnr\n100,30\n");

        new CurveFile(Curve, step: 150).Append(200, "step,psnr,robust a", "31,0.5");

        Assert.Equal(["step,psnr,robust a", "200,31,0.5"], File.ReadAllLines(Curve));
        Assert.Equal(["step,psnr", "100,30"], File.ReadAllLines(Path.Combine(_folder, "curve-until-150.csv")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
