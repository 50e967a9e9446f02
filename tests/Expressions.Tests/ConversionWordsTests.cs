namespace LoadTesting.Expressions.Tests;

/// <summary>What is said of a number that is no whole one: most who see it asked for the duration of a request that nobody answered.</summary>
public sealed class ConversionWordsTests
{
    [Theory]
    [InlineData("int(d)", double.PositiveInfinity, "Infinity does not fit an int: a request without an answer has Infinity for its timings; math.isFinite(value) tells before")]
    [InlineData("uint(d)", double.PositiveInfinity, "Infinity does not fit a uint: a request without an answer has Infinity for its timings; math.isFinite(value) tells before")]
    [InlineData("int(d)", double.NegativeInfinity, "-Infinity does not fit an int; math.isFinite(value) tells before")]
    [InlineData("int(d)", double.NaN, "NaN does not fit an int; math.isFinite(value) tells before")]
    [InlineData("int(d)", 1e19, "the double 10000000000000000000 does not fit an int")]
    [InlineData("uint(d)", -2.0, "the double -2 does not fit a uint")]
    public void A_number_that_is_no_whole_one_is_said_with_its_value(string source, double value, string expected)
    {
        var error = Cel.Run(source, ("d", CelValue.Of(value)));
        Assert.True(error.IsError);
        Assert.EndsWith(expected, error.AsError.Message, StringComparison.Ordinal);
    }
}
