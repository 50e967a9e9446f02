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
}
