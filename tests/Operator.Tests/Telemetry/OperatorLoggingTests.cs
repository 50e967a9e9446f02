using System.Text.Json;
using LoadTesting.Operator.Telemetry;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Tests.Telemetry;

public sealed class OperatorLoggingTests
{
    [Theory]
    [InlineData(LogFormat.Json)]
    [InlineData(LogFormat.Text)]
    public void A_log_line_is_one_line_with_time_level_and_values(LogFormat format)
    {
        var before = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            using var factory = OperatorLogging.Create(format);
            var logger = factory.CreateLogger("Loadtest");
            logger.LogDebug("too fine");
            logger.LogWarning(new InvalidOperationException("why"), "{Run} is late\nby {Seconds} s", "shop/a-1", 3);
        }
        finally
        {
            Console.SetOut(before);
        }

        // Other tests may write at the same time.
        var line = Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.Contains("shop/a-1", StringComparison.Ordinal));
        Assert.DoesNotContain("too fine", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("why", line, StringComparison.Ordinal);
        if (format == LogFormat.Json)
        {
            var json = JsonDocument.Parse(line).RootElement;
            Assert.Equal("Warning", json.GetProperty("LogLevel").GetString());
            Assert.Equal("shop/a-1", json.GetProperty("State").GetProperty("Run").GetString());
            Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$", json.GetProperty("Timestamp").GetString());
        }
        else
        {
            Assert.Matches("^[0-9-]{10}T[0-9:.]{12}Z warn: Loadtest", line);
        }
    }

    /// <summary>What a target, a manifest or a runner may send to whoever reads a log.</summary>
    public static TheoryData<string> Hostile =>
    [
        "\u001b[2J\u001b[H", "\u001b]8;;http://evil/\u001b\\click\u001b]8;;\u001b\\", "\u001b]0;title\u0007", "\a\b", "seen\rforged", "one\n2030-01-01T00:00:00.000Z info: forged", "\u009b31m\u009d0;t\u009c",
        "\u202etxt.exe\u2066", "ad\u200bmin\ufeff", "a\u2028b\u2029c\u0085d", "\ud83d-\udc4d", "\0\u007f",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Text_from_outside_neither_forges_lines_nor_steers_terminals(string hostile)
    {
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            var before = Console.Out;
            using var output = new StringWriter();
            Console.SetOut(output);
            try
            {
                using var factory = OperatorLogging.Create(format);
                factory.CreateLogger("Hostile").LogError(new InvalidOperationException("inner " + hostile), "{Run} marked-line", hostile + hostile);
            }
            finally
            {
                Console.SetOut(before);
            }

            var line = Assert.Single(output.ToString().Split('\n'), l => l.Contains("marked-line", StringComparison.Ordinal));
            Assert.Contains("inner", line, StringComparison.Ordinal);
            // Printable, but for U+FFFD, which stands for half a character in JSON.
            Assert.Equal(line, LoadTesting.Model.Reporting.PrintableText.OneLine(line));
        }
    }

    [Fact]
    public void A_line_for_people_has_a_bound()
    {
        var before = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            using var factory = OperatorLogging.Create(LogFormat.Text);
            factory.CreateLogger("Long").LogError(new InvalidOperationException(new string('x', 1 << 20)), "marked-line {Text}", new string('y', 1 << 20));
        }
        finally
        {
            Console.SetOut(before);
        }

        var line = Assert.Single(output.ToString().Split('\n'), l => l.Contains("marked-line", StringComparison.Ordinal));
        Assert.InRange(line.Length, 8 * 1024, 17 * 1024);
    }
}
