using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>The gates of a curriculum that HTTP reaches: open for an application that does what its phase asks.</summary>
public sealed class PhaseGateTests
{
    [Theory]
    [InlineData("phase-01")]
    [InlineData("phase-02")]
    [InlineData("phase-03")]
    [InlineData("phase-04")]
    [InlineData("phase-05")]
    [InlineData("phase-06")]
    [InlineData("phase-07")]
    public Task A_gate_opens_for_an_application_that_is_good_enough(string phase) => PhaseGates.OpenAsync(phase);
}

/// <summary>The later gates, beside the earlier ones.</summary>
public sealed class LaterPhaseGateTests
{
    [Theory]
    [InlineData("phase-08")]
    [InlineData("phase-09")]
    [InlineData("phase-10")]
    [InlineData("phase-12")]
    [InlineData("phase-13")]
    [InlineData("phase-14")]
    [InlineData("phase-15")]
    public Task A_later_gate_opens_for_an_application_that_is_good_enough(string phase) => PhaseGates.OpenAsync(phase);
}

/// <summary>And closed for one that is not.</summary>
public sealed class PhaseGateFaultTests
{
    [Theory]
    [InlineData("phase-01", Misbehaviour.Slow, "csv_parse p(95)<50", "stats p(95)<100")]
    [InlineData("phase-01", Misbehaviour.Leak, "memory_mb value<50")]
    [InlineData("phase-02", Misbehaviour.Slow, "message_passing p(95)<1", "process_spawn p(95)<0.5")]
    [InlineData("phase-03", Misbehaviour.Slow, "genserver_call p(95)<5", "supervisor_recovery max<100")]
    [InlineData("phase-04", Misbehaviour.Slow, "registry_lookup p(95)<1")]
    [InlineData("phase-05", Misbehaviour.Slow, "simple_query p(95)<10", "complex_query p(95)<50")]
    [InlineData("phase-06", Misbehaviour.Slow, "http_req_duration{name:page} p(95)<1000")]
    [InlineData("phase-07", Misbehaviour.Slow, "job_latency p(95)<500ms")]
    public async Task A_gate_stays_closed_and_says_by_which_limit(string phase, Misbehaviour fault, params string[] broken) =>
        (await PhaseGates.RunAsync(phase, new TargetBehaviour { Misbehaviour = fault })).Failed(broken);

    [Fact]
    public async Task Money_that_is_lost_closes_the_gate_of_phase_five_although_every_request_succeeds()
    {
        var run = (await PhaseGates.RunAsync("phase-05", new TargetBehaviour { Misbehaviour = Misbehaviour.LostUpdates })).Failed();
        Assert.Equal(0, run.Metric("http_req_failed", "rate"));
        Assert.Contains("no money was made or lost", run.Output, StringComparison.Ordinal);
    }
}

/// <summary>The later gates, beside the earlier ones.</summary>
public sealed class LaterPhaseGateFaultTests
{
    [Theory]
    [InlineData("phase-08", Misbehaviour.Slow, "cache_read p(95)<0.5")]
    [InlineData("phase-09", Misbehaviour.Slow, "rpc_call p(95)<20")]
    [InlineData("phase-09", Misbehaviour.Errors, "http_req_failed rate<0.01")]
    [InlineData("phase-10", Misbehaviour.Slow, "export_overhead p(95)<5")]
    [InlineData("phase-12", Misbehaviour.Slow, "http_req_duration{name:health} p(95)<1000")]
    [InlineData("phase-13", Misbehaviour.Slow, "group_duration{group:::e2e} p(95)<1000")]
    [InlineData("phase-14", Misbehaviour.Slow, "audit_overhead p(95)<5")]
    [InlineData("phase-15", Misbehaviour.Slow, "http_req_duration{name:inference} p(95)<1000", "http_req_duration{name:swap} max<5000")]
    public async Task A_later_gate_stays_closed_and_says_by_which_limit(string phase, Misbehaviour fault, params string[] broken) =>
        (await PhaseGates.RunAsync(phase, new TargetBehaviour { Misbehaviour = fault })).Failed(broken);
}
