using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>How the gates are run: 110 s in less than three, 100 users as 5, 500 a second as 25.</summary>
internal static class PhaseGates
{
    public const string Example = "phase-gates/phase-gates.yaml";

    private static readonly Scaling Short = new() { Time = 1 / 40.0, Load = 0.05, Pauses = 0.05 };

    /// <summary>
    /// Where the limit is on what a request takes, latencies and limits are larger, so that the machine is small against them; where the application reports its
    /// duration, nothing of the machine is in it. Amounts a second follow the load, generously: that they are delivered is what dropped_iterations says.
    /// </summary>
    private static readonly Dictionary<string, Scaling> Phases = new()
    {
        ["phase-01"] = Short,
        ["phase-02"] = Short,
        ["phase-03"] = Short,
        ["phase-04"] = Short,
        ["phase-05"] = Short,
        ["phase-06"] = Short with { Latency = 20 },
        ["phase-07"] = Short with { Latency = 0.1, Pauses = 0.1 },
        ["phase-08"] = Short with { Pauses = 0.02 },
        ["phase-09"] = Short,
        ["phase-10"] = Short,
        ["phase-12"] = Short with { Latency = 10 },
        ["phase-13"] = Short with { Latency = 5 },
        ["phase-14"] = Short,
        ["phase-15"] = Short with { Latency = 5 },
    };

    private static readonly (string Metric, string Written, string Becomes)[] Rates =
    [
        ("http_reqs", "rate>=500", "rate>=8"),
        ("http_reqs", "rate>=1000", "rate>=15"),
        ("workers_started", "rate>=1000", "rate>=40"),
        ("writes", "rate>=490", "rate>=8"),
        ("events", "rate>=10000", "rate>=200"),
        ("reads", "rate>=100000", "rate>=2000"),
        ("items", "rate>=100", "rate>=2"),
    ];

    public static Task<SuiteRun> PassAsync(string phase) =>
        Suite.PassAsync(Example, Phases[phase] with { Thresholds = Rates }, TargetBehaviour.Documented, "--profile", phase);

    /// <summary>The gate opens for an application that is good enough.</summary>
    public static async Task OpenAsync(string phase)
    {
        var run = await PassAsync(phase);
        Assert.Equal(0, run.Metric("http_req_failed", "rate"));
        Assert.True(run.Truth.Requests >= run.Metric("http_reqs", "count"), "the report counts nothing that the application did not see");
    }

    public static Task<SuiteRun> RunAsync(string phase, TargetBehaviour behaviour) =>
        Suite.RunAsync(Example, Phases[phase] with { Thresholds = Rates }, behaviour, "--profile", phase);
}
