using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Spec;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90", 90_000_000)]
    [InlineData("0.5", 500_000)]
    [InlineData("1e3", 1_000_000_000)]
    [InlineData("-250", -250_000_000)]
    [InlineData("0", 0)]
    [InlineData("45s", 45_000_000_000)]
    [InlineData("1h2m3s", 3_723_000_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("3.s", 3_000_000_000)]
    [InlineData("7us", 7_000)]
    [InlineData("7µs", 7_000)]
    [InlineData("7μs", 7_000)]
    [InlineData("1.9ns", 1)]
    [InlineData("+3d", 259_200_000_000_000)]
    [InlineData("-3d1m", -259_260_000_000_000)]
    [InlineData("9223372036854775807ns", long.MaxValue)]
    [InlineData("-9223372036854775808ns", long.MinValue)]
    public void Reads_units_days_and_bare_milliseconds(string text, long nanoseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration), text);
        Assert.Equal(nanoseconds, duration.Nanoseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1..2s")]
    [InlineData("10 s")]
    [InlineData("1x")]
    [InlineData("5sec")]
    [InlineData("1.5d")]
    [InlineData("3h2d")]
    [InlineData("1m-2s")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808ns")]
    [InlineData("99999999999999999999s")]
    [InlineData("200000d")]
    [InlineData("1e30")]
    public void Refuses_what_is_no_duration(string text) => Assert.False(Duration.TryParse(text, out _), text);

    [Theory]
    [InlineData("10")]
    [InlineData("1.5")]
    public void The_command_line_insists_on_a_unit(string text)
    {
        Assert.False(Duration.TryParseWithUnit(text, out _));
        Assert.True(Duration.TryParseWithUnit("0", out var zero));
        Assert.Equal(Duration.Zero, zero);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(1_500, "1.5µs")]
    [InlineData(2_000_001, "2.000001ms")]
    [InlineData(61_000_000_000, "1m1s")]
    [InlineData(-3_600_000_000_000, "-1h0m0s")]
    public void Prints_as_Go_does(long nanoseconds, string text) => Assert.Equal(text, new Duration(nanoseconds).ToString());

    [Fact]
    public void What_is_printed_reads_as_the_same() =>
        Check.QuickThrowOnFailure(Prop.ForAll<long, byte>((number, shift) =>
        {
            var duration = new Duration(number >> (shift % 64));
            return Duration.TryParseWithUnit(duration.ToString(), out var read) && read == duration;
        }));

    [SkippableFact]
    public void Agrees_with_every_k6_case()
    {
        foreach (var test in Conformance.Cases("durations.json"))
        {
            var expected = test.TryGetProperty("expect_ns", out var ns) && ns.ValueKind == JsonValueKind.Number ? ns.GetInt64() : (long?)null;
            switch (test.GetProperty("kind").GetString())
            {
                case "parse":
                    Assert.Equal(expected, Duration.TryParseWithUnit(test.GetProperty("input").GetString()!, out var parsed) ? parsed.Nanoseconds : null);
                    break;
                case "format":
                    Assert.Equal(test.GetProperty("expect").GetString(), new Duration(test.GetProperty("ns").GetInt64()).ToString());
                    break;
                case "text":
                    // k6's empty text is "not given"; a field that stands there empty is a problem of ours, so it must not parse.
                    Assert.Equal(expected, Duration.TryParse(test.GetProperty("input").GetString()!, out var text) ? text.Nanoseconds : null);
                    break;
                case "json":
                    Assert.Equal(expected, ReadJson(test.GetProperty("json").GetString()!));
                    break;
                case "value":
                    var value = test.GetProperty("value");
                    var written = test.GetProperty("type").GetString() switch
                    {
                        "bool" or "time" or "string" => value.ToString(),
                        _ => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetDouble().ToString(CultureInfo.InvariantCulture),
                    };
                    // 2^63 as a number is that many milliseconds: too many.
                    Assert.Equal(test.GetProperty("error").GetBoolean(), !Duration.TryParse(written, out var read));
                    Assert.Equal(expected ?? 0, read.Nanoseconds);
                    break;
                case var kind:
                    Assert.Fail($"unknown kind {kind}");
                    break;
            }
        }
    }

    private static long? ReadJson(string json)
    {
        var problems = new List<LoadTesting.Model.Validation.Problem>();
        var scenario = SpecJson.Read($$"""{"a": {"executor": "constant-vus", "duration": "1s", "startTime": {{json}} } }""", problems)!;
        var read = LoadTesting.Model.Spec.Parsing.ScenarioParser.Parse(K6Options.WithUnits(scenario), "", problems)["a"];
        Assert.Empty(problems);
        return json == "null" ? null : read.StartTime.Nanoseconds;
    }
}
