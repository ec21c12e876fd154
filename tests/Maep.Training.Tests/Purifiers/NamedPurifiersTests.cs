using Maep.Networks.Purifiers;

namespace Maep.Training.Tests.Purifiers;

public sealed class NamedPurifiersTests
{
    [Theory]
    [InlineData("jpeg", "jpeg:75")]
    [InlineData("jpeg:30", "jpeg:30")]
    [InlineData("median", "median:3")]
    [InlineData("bits", "bits:4")]
    [InlineData("tv", "tv:0.05")]
    [InlineData("tv:0.10", "tv:0.1")]
    [InlineData("resize-pad", "resize-pad:0.9")]
    public void A_name_gives_its_purifier_and_a_default_where_it_has_no_setting(string text, string name)
    {
        Assert.Equal(name, NamedPurifiers.Create(text)!.Name);
        Assert.Equal(name, NamedPurifiers.NameOf(text));
    }

    [Theory]
    [InlineData("models/maep.onnx")]
    [InlineData("jpeg.onnx")]
    [InlineData("")]
    public void What_names_no_purifier_gives_none(string text)
    {
        Assert.Null(NamedPurifiers.Create(text));
    }

    [Theory]
    [InlineData("jpeg:high", "Purifier 'jpeg:high': the quality 'high' is not a number; write it as jpeg:75.")]
    [InlineData("jpeg:75.5", "JPEG quality 75.5 must be a whole number.")]
    [InlineData("jpeg:0", "JPEG quality 0 must be 1 to 100; 75 is usual.")]
    public void A_setting_that_is_none_is_refused_with_what_is_allowed(string text, string message)
    {
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => NamedPurifiers.Create(text)).Message);
    }
}
