using System.Globalization;
using LoadTesting.Runner.Cli;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>
/// Targets with known faults, in every model and with 1, 3 and 10 runners: the same verdict each time, counts as the server counts them. The short list runs with all tests;
/// <c>tests/oracles</c> runs every combination. Limits for the generator are set wide, so that a busy machine does not hide what the target did.
/// </summary>
[Collection(DeskCase.Name)]
public sealed class OracleTests
{
    // Their faults are seconds long to the millisecond, by the server's clock; the others are known by verdict and counts, and OracleCountTests runs them beside other tests.
    private static readonly string[] Timed = ["errors", "stall"];

    private static readonly string[] Oracles = ["healthy", "errors", "stall", "replica", "leak", "refused", "half-open", "slow-body"];

    private const string Open = "executor: constant-arrival-rate, rate: 200, duration: DURATION, preAllocatedVUs: 100, maxVUs: 600";
    private const string OpenRamp = "executor: ramping-arrival-rate, startRate: 100, stages: [{duration: DURATION, target: 200}HOLD], preAllocatedVUs: 100, maxVUs: 600";
    private const string Closed = "executor: constant-vus, vus: 10, duration: DURATION, gracefulStop: 5s";
    private const string ClosedRamp = "executor: ramping-vus, startVUs: 10, stages: [{duration: DURATION, target: 12}HOLD], gracefulStop: 5s, gracefulRampDown: 5s";

    public static TheoryData<string, string, int> Cases()
    {
        var which = Environment.GetEnvironmentVariable("LOADTEST_ORACLES");
        if (which is null)
        {
            return Short(isTimed: true);
        }

        var cases = new TheoryData<string, string, int>();
        // "all", or the part "1/3": every third one, beginning with the second.
        var part = which.Split('/');
        var (first, step) = part.Length == 2 ? (int.Parse(part[0], CultureInfo.InvariantCulture), int.Parse(part[1], CultureInfo.InvariantCulture)) : (0, 1);
        var every = from oracle in Oracles from model in new[] { "open", "open-ramp", "closed", "closed-ramp" } from runners in new[] { 1, 3, 10 } select (oracle, model, runners);
        foreach (var (oracle, model, runners) in every.Where((_, i) => i % step == first)) cases.Add(oracle, model, runners);
        return cases;
    }

    /// <summary>Each fault once, the runner counts and models spread over them; of these, the ones that are held to times or the others.</summary>
    internal static TheoryData<string, string, int> Short(bool isTimed)
    {
        string[] models = ["closed", "open", "open", "closed-ramp", "open", "closed", "open", "open-ramp"];
        int[] runners = [10, 3, 1, 10, 3, 3, 10, 1];
        var cases = new TheoryData<string, string, int>();
        for (var i = 0; i < Oracles.Length; i++)
        {
            if (Timed.Contains(Oracles[i]) == isTimed)
            {
                cases.Add(Oracles[i], models[i], runners[i]);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_verdict_is_what_the_target_deserves(string oracle, string model, int runners) => DeservesAsync(oracle, model, runners);

    internal static async Task DeservesAsync(string oracle, string model, int runners)
    {
        await using var server = await OracleServer.StartAsync();
        await using var silent = RawHttpServer.Start(c => c.UntilClosedAsync());
        var isOpen = model.StartsWith("open", StringComparison.Ordinal);
        var (target, path, thresholds, seconds) = oracle switch
        {
            "errors" => (server.Url, "/errors?after=1.5&length=7", "http_req_failed: [\"rate<0.01\"], longest_gap: [\"value<1s\"], \"recovery_time{mark:fault,metric:http_req_failed,hold:3s}\": [\"value<1m\"]", 14),
            "stall" => ("embedded", "/stall/1500/2000?service=5", isOpen ? "http_req_intended_duration: [\"p(99)<500\"]" : "http_req_duration: [\"max<500\"]", 5),
            "replica" => (server.Url, "/replica?slow=3000", "http_req_duration: [\"p(95)<2500\", \"med<2500\"]", 4),
            "leak" => (server.Url, "/leak?share=0.5", "\"drift{metric:http_req_duration}\": [\"value<30%\"]", 16),
            "refused" => (string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}"), "/", "http_req_failed: [\"rate<0.01\"]", 6),
            "half-open" => (silent.Url.ToString(), "/", "http_req_failed: [\"rate<0.01\"]", 6),
            "slow-body" => (server.Url, "/slow?ms=2000", "http_req_receiving: [\"p(95)<1000\"], http_req_waiting: [\"med<1500\"]", 6),
            _ => (server.Url, "/ok", "http_req_duration: [\"p(95)<1m\"], http_req_failed: [\"rate<0.01\"], longest_gap: [\"value<1s\"]", 6),
        };
        var executor = model switch { "open" => Open, "open-ramp" => OpenRamp, "closed" => Closed, _ => ClosedRamp };
        // Drift looks at the steady part: a ramp over all of the run has none.
        var hold = oracle == "leak" ? $", {{duration: {seconds}s, target: {(isOpen ? 200 : 12)}}}" : "";
        var steps = $"{{request: {{name: get, url: \"{path}\"}}}}" + (isOpen ? "" : ", {sleep: 20ms}");
        var run = await DeskCase.RunAsync(
            $$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: oracle}
            spec:
              validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m, deliveredRatio: 0}
              http: {timeout: {{(oracle == "half-open" ? "1s" : "60s")}}}
              flows: {get: [ {{steps}} ]}
              scenarios: {load: { {{executor.Replace("DURATION", $"{(hold.Length > 0 && model.EndsWith("ramp", StringComparison.Ordinal) ? 3 : seconds)}s", StringComparison.Ordinal).Replace("HOLD", hold, StringComparison.Ordinal)}} } }
              thresholds: { {{thresholds}} }
            """,
            // The fault is announced the moment it begins, as a drill does.
            async run =>
            {
                if (oracle != "errors") return;
                await server.FirstFailure.WaitAsync(TimeSpan.FromMinutes(2));
                await CommandLine.InvokeAsync(["mark", "fault", "--run", run.ToString(CultureInfo.InvariantCulture)]);
            },
            "--target",
            target,
            "--runners",
            $"{runners}");

        var said = $"{oracle} {model} {runners}\n{run.Output}{run.Error}";
        Assert.True((oracle == "healthy" ? 0 : 99) == run.ExitCode, said);
        switch (oracle)
        {
            case "errors":
                Assert.Equal(server.Failed, Failed(run));
                Assert.Equal(server.Answered, run.Requests);
                // The server's own gap is the truth (on a busy machine the last failure of the window comes early), seen from the other end of the first and the last failing
                // request: what those took on their way is in it.
                Assert.True(Math.Abs(Observed(run, 1) - server.Gap.TotalMilliseconds) <= 50 + run.Metric("http_req_duration", "max") + run.Metric("http_req_blocked", "max"), $"{server.Gap} {said}");
                // Seconds are what recovery is looked at by: it is seen from the first whole one without failures on.
                Assert.True(Math.Abs(Observed(run, 2) - server.Gap.TotalMilliseconds) <= 1000 + run.Metric("http_req_duration", "max") + run.Metric("http_req_blocked", "max"), $"recovery after {server.Gap} {said}");
                if (IsSound(run)) Assert.True(Math.Abs(Observed(run, 1) - 7000) <= 50 + (isOpen ? 15 : 60), said);
                break;
            case "refused":
                Assert.Equal(run.Requests, Failed(run));
                break;
            case "half-open":
                Assert.Equal(run.Requests, Failed(run));
                Assert.Equal(run.Requests, (long)run.Metric("http_req_duration", "unanswered"));
                Assert.InRange(run.Metric("http_req_failed_duration", "min"), 900, 10_000);
                break;
            case "replica":
                Assert.Equal(server.Answered, run.Requests);
                Assert.Equal([false, true], Thresholds(run));
                break;
            case "slow-body":
                Assert.Equal([false, true], Thresholds(run));
                break;
            case "stall" when isOpen:
                // Who was to be served in the 2 s waits for the rest of them: a hundredth of all samples waits for longer than 1950 ms at 200/s, and than 1942 ms on the ramp from 100 to 200/s.
                var p99 = run.Metric("http_req_intended_duration", "p99");
                Assert.InRange(p99, 1900, 60_000);
                if (IsSound(run)) Assert.InRange(p99, (model == "open" ? 1950 : 1942) * 0.99, ((model == "open" ? 1950 : 1942) * 1.01) + run.Metric("generator_stall", "max"));
                break;
            case "healthy":
                Assert.Equal(server.Answered, run.Requests);
                Assert.Equal(0, Failed(run));
                break;
        }
    }

    /// <summary>Whether the generator itself says that it was never late: then numbers must be what they are on a machine of one's own.</summary>
    private static bool IsSound(DeskOutcome run) => run.Metric("generator_stall", "max") < 20;

    private static long Failed(DeskOutcome run) => (long)run.Metric("http_req_failed", "passes");

    private static double Observed(DeskOutcome run, int threshold) => run.Report.GetProperty("thresholds")[threshold].GetProperty("observed").GetDouble();

    private static IEnumerable<bool> Thresholds(DeskOutcome run) => run.Report.GetProperty("thresholds").EnumerateArray().Select(t => t.GetProperty("ok").GetBoolean());
}
