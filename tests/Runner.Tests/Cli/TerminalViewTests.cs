using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Runner.Cli.Views;
using Spectre.Console;

namespace LoadTesting.Runner.Tests.Cli;

/// <summary>The live view as text: every scenario on one line of the terminal, nothing from outside raw, red only for what was seen to break.</summary>
public sealed class TerminalViewTests
{
    private const string LongName = "a-scenario-with-a-rather-long-name-that-people-write-for-";

    [Theory]
    [InlineData(72)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void Every_scenario_stands_on_one_line_with_its_name_bar_and_numbers(int width)
    {
        var lines = Draw(width, Frame(("short", 0), (LongName + "reading", 1_234_567), (LongName + "writing", 12)));
        Assert.All(lines, l => Assert.True(l.Length <= width, l));
        foreach (var end in new[] { "short", "ing" })
        {
            Assert.Contains(lines, l => l.Contains(end, StringComparison.Ordinal) && l.Contains("─ ", StringComparison.Ordinal) && l.Contains(" iterations", StringComparison.Ordinal));
        }

        Assert.Equal(3, lines.Count(l => l.Contains('─')));
        Assert.Equal(3, lines.Where(l => l.Contains('─')).Select(l => l[..l.IndexOfAny(['━', '─'])]).Distinct().Count());
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Requests_that_are_not_answered_have_no_number_and_a_cross(int width)
    {
        var frame = Frame(("s", 0)) with
        {
            Requests = 12_345_678,
            ErrorRate = 0.5,
            Latency = (12.5, double.PositiveInfinity, double.PositiveInfinity),
            Series = [Second(0, 10), Second(1, 20), Second(2, double.PositiveInfinity), Second(3, null)],
        };
        var lines = Draw(width, frame);
        Assert.All(lines, l => Assert.True(l.Length <= width, l));
        Assert.Contains(lines, l => l.EndsWith("p50 12.5ms  p95 no answer  p99 no answer", StringComparison.Ordinal));
        Assert.Contains("  ▅█×▁ p95", lines);

        static SeriesPoint Second(int second, double? p95) => new() { Second = second, Rate = 5, P95 = p95 };
    }

    [Fact]
    public void A_count_that_can_only_grow_is_not_yet_there_and_no_cross()
    {
        var frame = Frame(("s", 0)) with
        {
            Thresholds =
            [
                new("http_reqs count>100: 3, wanted more than 100", BreachOutlook.NotYet),
                new("http_req_duration p(95)<5: 9 ms, limit 5 ms", BreachOutlook.SoFar),
                new("http_reqs count<2: 3, limit 2", BreachOutlook.ForGood),
            ],
        };
        Assert.Equal(
            ["… not yet: http_reqs count>100: 3, wanted more than 100", "✗ so far: http_req_duration p(95)<5: 9 ms, limit 5 ms", "✗ http_reqs count<2: 3, limit 2"],
            Draw(120, frame).TakeLast(3).Select(l => l.Trim()));
    }

    [Fact]
    public void Nothing_from_outside_moves_the_cursor()
    {
        var frame = Frame(("s\e[2J", 0)) with { Test = "t\e]0;title\a", Thresholds = [new("m{name:\e[31m} rate<1: \n", BreachOutlook.SoFar)] };
        Assert.DoesNotContain(string.Concat(Draw(120, frame)), char.IsControl);
    }

    private static LiveFrame Frame(params (string Name, long Dropped)[] scenarios) => new()
    {
        Test = "shop",
        Stage = "running",
        Elapsed = TimeSpan.FromSeconds(7),
        Planned = TimeSpan.FromMinutes(1),
        Scenarios = [.. scenarios.Select((s, i) => new ScenarioFrame(s.Name, "constant-vus", 0.2 * i, 12, 100, 99_999, s.Dropped, "Running"))],
    };

    private static List<string> Draw(int width, LiveFrame frame)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(TerminalView.Render(frame, width));
        return [.. text.ToString().Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
    }
}
