using System.Net;
using System.Text.Json;
using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>A ramp follows its line, as the server sees it.</summary>
[Collection(DeskCase.Name)]
public sealed class RampTests
{
    [Fact]
    public async Task Arrivals_of_a_ramp_reach_the_server_at_the_planned_instants()
    {
        await using var target = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System);
        var manifest =
            $$$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: ramp}
            spec:
              target: {{{target.Url}}}
              flows: {f: [{request: {name: get, url: /json}}]}
              scenarios:
                s:
                  executor: ramping-arrival-rate
                  stages: [{duration: 4s, target: 50}, {duration: 2s, target: 50}, {duration: 2s, target: 5}]
                  preAllocatedVUs: 200
                  maxVUs: 400
            """;
        var planned = await PlanAsync(manifest);
        var run = await DeskCase.RunAsync(manifest);
        Assert.Equal(0, run.Scenario("s").GetProperty("dropped").GetInt64());
        var arrived = target.Statistics.Log().Select(e => e.At).ToList();
        Assert.Equal(planned.Count, arrived.Count);

        // Both clocks start somewhere; what must agree is the shape. The median difference is the offset of the clocks; single requests may be late on a
        // machine that does other things too, half of them may not.
        var differences = planned.Zip(arrived, (p, a) => (a - p) / 1e6).Order().ToList();
        var offset = differences[differences.Count / 2];
        var off = differences.Select(d => Math.Abs(d - offset)).Order().ToList();
        Assert.True(off[off.Count / 2] <= 20, $"half of the arrivals are more than {off[off.Count / 2]:0.0} ms off their line");
        Assert.True(off[^1] <= 1500, $"an arrival is {off[^1]:0} ms off its line");
    }

    [Fact]
    public async Task Virtual_users_follow_their_line_up_and_down()
    {
        var run = await DeskCase.RunAsync(
            """
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: vus}
            spec:
              flows: {f: [{request: {name: get, url: /delay/10}}]}
              scenarios:
                s: {executor: ramping-vus, startVUs: 0, stages: [{duration: 5s, target: 10}, {duration: 5s, target: 0}], gracefulRampDown: 1s}
            """,
            "--target",
            "embedded");
        Assert.Equal(0, run.ExitCode);
        foreach (var point in run.Report.GetProperty("series").EnumerateArray())
        {
            // The gauge is read once in the second; the line moves by 2 in it, and an iteration may end a little after its VU's turn.
            var second = point.GetProperty("second").GetInt32();
            var (from, to) = (Line(second), Line(second + 1));
            Assert.InRange(point.GetProperty("vus").GetInt64(), Math.Min(from, to) - 1, Math.Max(from, to) + 2);
        }

        Assert.Equal(10, run.Metric("vus_max", "max"));
    }

    private static double Line(int second) => second <= 5 ? 2 * second : Math.Max(0, 20 - 2 * second);

    private static async Task<List<long>> PlanAsync(string manifest)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, manifest);
            var (code, output, error) = await LoadtestProcess.RunAsync("plan", file, "-o", "json", "--limit", "0");
            Assert.True(code == 0, error);
            using var plan = JsonDocument.Parse(output);
            return [.. plan.RootElement.GetProperty("runners")[0].GetProperty("scenarios").GetProperty("s").GetProperty("starts_ns").EnumerateArray().Select(e => e.GetInt64())];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
