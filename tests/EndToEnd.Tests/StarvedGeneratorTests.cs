using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>A generator that is too small for its load says so, and what would help, instead of calling the target slow.</summary>
public sealed class StarvedGeneratorTests(NodesFixture fixture, ITestOutputHelper output) : IClassFixture<NodesFixture>
{
    [SkippableFact]
    public async Task A_runner_with_a_twentieth_of_a_processor_is_named_as_the_reason()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.ApplyAsync("""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: starved}
            spec:
              target: http://demo-target:8080
              flows:
                f: [{request: {name: get, url: /json, checks: {ok: "status == 200"} } }]
              scenarios: {s: {executor: constant-arrival-rate, rate: 1000, duration: 15s, preAllocatedVUs: 20, maxVUs: 50} }
              thresholds: {http_req_duration: ['p(95)<50']}
              runners: {replicas: 1, resources: {limits: {cpu: 50m, memory: 256Mi} } }
            """);

        var status = await scene.VerdictAsync("starved");

        output.WriteLine($"{status["verdict"]} {status["reason"]}: {status["message"]}; {status["load"]!.ToJsonString()}");
        Assert.True((string?)status["verdict"] == "Invalid" && (string?)status["reason"] == "GeneratorSaturated", $"{status}\n{scene.Log}");
        // Of its causes the message has the three worst: CPU that it used up, and what it was held back for.
        Assert.Matches("nearly all of its CPU used|throttled by its CPU limit", (string)status["message"]!);
        // What would help is said of the cause that spoiled most seconds, which may be either of the two.
        Assert.Matches("give the runners more CPU|raise the runners' CPU limit", (string)status["message"]!);
    }
}
