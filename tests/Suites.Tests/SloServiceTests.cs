using LoadTesting.Runner.Target;

namespace LoadTesting.Suites.Tests;

/// <summary>How the three services are run.</summary>
internal static class SloServices
{
    private static readonly Dictionary<string, Scaling> Profiles = new()
    {
        [""] = Scalings.ServiceSmoke,
        ["load"] = Scalings.ServiceSmoke with { Time = 1 / 140.0, Load = 0.1 },
        ["stress"] = Scalings.ServiceSmoke with { Time = 1 / 300.0, Load = 0.03 },
    };

    public static Task<SuiteRun> PassAsync(string example, string profile) =>
        Suite.PassAsync(example, Profiles[profile], TargetBehaviour.Documented, ["-e", "API_KEY=test-key", .. profile.Length == 0 ? [] : new[] { "--profile", profile }]);

    /// <summary>Passes, and every request is counted as the service counts it.</summary>
    public static async Task CountedAsync(string example, string profile)
    {
        var run = await PassAsync(example, profile);
        // What the gateway is asked before the run, whether it is ready, is no sample.
        Assert.Equal(run.Truth.Requests - run.Truth.Routes.GetValueOrDefault("GET /health"), (long)run.Metric("http_reqs", "count"));
        Assert.False(run.Truth.Statuses.ContainsKey(401), "every request carries the token");
    }

    public static Task<SuiteRun> RunAsync(string example, string profile, TargetBehaviour behaviour) =>
        Suite.RunAsync(example, Profiles[profile], behaviour, ["-e", "API_KEY=test-key", .. profile.Length == 0 ? [] : new[] { "--profile", profile }]);
}

/// <summary>Gateway, assessment and search: each passes with every profile, and fails by its own objective when it is twice as slow.</summary>
public sealed class SloServiceTests
{
    [Theory]
    [InlineData("slo-services/gateway.yaml", "")]
    [InlineData("slo-services/gateway.yaml", "load")]
    [InlineData("slo-services/gateway.yaml", "stress")]
    [InlineData("slo-services/assessment.yaml", "")]
    [InlineData("slo-services/assessment.yaml", "load")]
    [InlineData("slo-services/assessment.yaml", "stress")]
    [Trait("covers", "002-01")]
    public Task A_service_meets_its_objectives_with_every_profile(string example, string profile) => SloServices.CountedAsync(example, profile);
}

/// <summary>The third service, beside the others.</summary>
public sealed class SloSearchTests
{
    [Theory]
    [InlineData("")]
    [InlineData("load")]
    [InlineData("stress")]
    public Task Search_meets_its_objectives_with_every_profile(string profile) => SloServices.CountedAsync("slo-services/search.yaml", profile);
}

/// <summary>The same services when they misbehave.</summary>
public sealed class SloServiceFaultTests
{
    [Theory]
    [InlineData("slo-services/gateway.yaml", "generate_duration p(95)<=2400", "embeddings_duration p(95)<=1600")]
    [InlineData("slo-services/assessment.yaml", "http_req_duration{name:create} p(95)<=1600", "http_req_duration{name:answer} p(95)<=1200", "http_req_duration{name:grade} p(95)<=2400")]
    [InlineData("slo-services/search.yaml", "http_req_duration{name:suggest} p(95)<=960", "http_req_duration{name:search} p(95)<=1600")]
    public async Task A_service_that_is_twice_as_slow_fails_by_each_objective(string example, params string[] broken)
    {
        var run = (await SloServices.RunAsync(example, "", new TargetBehaviour { Misbehaviour = Misbehaviour.Slow })).Failed(broken);
        Assert.DoesNotContain(run.Broken, b => b.Contains(" rate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failures_are_counted_as_the_service_counts_them_and_fail_the_error_rate()
    {
        var run = (await SloServices.RunAsync("slo-services/gateway.yaml", "", new TargetBehaviour { Misbehaviour = Misbehaviour.Errors })).Failed("errors rate<0.01");
        Assert.Equal(run.Truth.Statuses[503], (int)Math.Round(run.Metric("errors", "rate") * (run.Metric("http_reqs", "count") - 1)));
    }

    [Fact]
    [Trait("covers", "002-26")]
    public async Task A_missing_key_is_a_problem_that_names_it()
    {
        var run = await Suite.CommandAsync(["run", Path.Combine(Suite.Folder, "slo-services/gateway.yaml"), "--target", "http://127.0.0.1:9"]);
        Assert.Equal(104, run.ExitCode);
        Assert.Contains("API_KEY", run.Error, StringComparison.Ordinal);
    }
}
