using System.Globalization;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;
using Xunit.Abstractions;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>What the status says against what the target saw, request by request and by one clock.</summary>
[Collection(NodesCollection.Name)]
public sealed class OperatorExactTests(NodesFixture fixture, ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Four_runners_send_every_iteration_once_where_the_plan_has_it_and_their_merged_percentiles_are_the_targets()
    {
        const int Rate = 25, Seconds = 12, Runners = 4, Planned = Rate * Seconds;
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.ApplyAsync(Scene.Manifest("four", Rate, Seconds, Runners).Replace(
            "{name: get, url: /json,",
            "{name: get, url: \"/delay/40?jitter=400&n=${iteration}\",",
            StringComparison.Ordinal).Replace(
            "record: [",
            "record: [{trend: served, value: \"double(headers['server-timing'].replace('app;dur=', ''))\"}, ",
            StringComparison.Ordinal));
        var addresses = await Eventually.SeeAsync("the addresses of four runners", AddressesAsync, seen => seen.Length == Runners, TimeSpan.FromMinutes(4));

        var status = await scene.VerdictAsync("four");
        var completed = DateTimeOffset.UtcNow;
        var ((origin, uncertainty), log) = (await scene.TargetOriginAsync(), await scene.TargetLogAsync());
        Assert.True((string?)status["verdict"] == "Passed", $"{status}\n{scene.Log}");
        // What never reached the target (no name, no connection: the machine's fault, not the plan's) failed, and nothing else did.
        var requests = (long)status["load"]!["requests"]!;
        var failed = (long)Scene.Metric(status, "http_req_failed", "passes");
        if (failed > 0)
        {
            output.WriteLine($"{failed} requests failed: {(await scene.ReportAsync(status))["failures"]}");
        }

        Assert.True(log.Count == requests - failed, $"{log.Count} in the log, {requests} requests, {failed} failed: {status}\n{scene.Log}");
        Assert.Equal(log.Count, await scene.TargetCountAsync());
        Assert.Equal(Planned, requests + (long)status["load"]!["dropped"]!);
        Assert.Equal(Runners, (int)status["runners"]!["ready"]!);
        Assert.NotNull((string?)status["runners"]!["startSkew"]);

        // Every iteration once, and from the runner whose share it is: the shares of four equal runners interleave.
        var seen = log.Select(r => (Iteration: int.Parse(r.Url.Split("n=")[1], CultureInfo.InvariantCulture), r.Client, r.At)).ToList();
        Assert.Equal(seen.Count, seen.Select(s => s.Iteration).Distinct().Count());
        Assert.All(seen, s => Assert.Equal((s.Iteration, addresses[s.Iteration % Runners]), (s.Iteration, s.Client)));

        // None before its instant, by the target's clock; and in order as far as the runners themselves say that they were on time.
        var start = DateTimeOffset.Parse((string)status["startTime"]!, CultureInfo.InvariantCulture);
        var late = seen.Select(s => (origin + s.At - start).TotalMilliseconds - (s.Iteration * 1000.0 / Rate)).Order().ToList();
        var skew = Duration.TryParseWithUnit((string)status["runners"]!["startSkew"]!, out var known) ? known.ToTimeSpan().TotalMilliseconds : 0;
        Assert.True(late[0] > -(uncertainty.TotalMilliseconds + skew + 20), $"an iteration arrived {-late[0]:F1} ms before its instant; clocks are known to {uncertainty.TotalMilliseconds:F1} ms, skew {skew} ms");
        var inOrder = seen.Zip(seen.Skip(1), (a, b) => b.Iteration > a.Iteration ? 1.0 : 0.0).Average();
        var lag = Scene.Metric(status, "send_lag", "p99");
        Assert.True(lag > 25 || inOrder >= 0.95, $"{inOrder:P1} of the arrivals were in the plan's order, with a send lag of {lag} ms at p99");

        // Percentiles over all runners against those of the target's own log. What the answer's header says is what the log says; what the client sees can only be longer.
        var service = log.Select(r => r.Service).Order().ToList();
        foreach (var (key, p) in new[] { ("med", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99) })
        {
            var (truth, told, waited) = (Percentile(service, p), Scene.Metric(status, "served", key), Scene.Metric(status, "http_req_waiting", key));
            output.WriteLine(Text($"{key}: log {truth:F2}, served {told:F2} ({(told / truth) - 1:P2}), http_req_waiting {waited:F2} ms ({(waited / truth) - 1:P2})"));
            Assert.InRange(told, truth * 0.997, truth * 1.003);
            Assert.True(waited >= truth * 0.997, $"http_req_waiting {key} {waited} ms, the target took {truth} ms");
        }

        output.WriteLine(Text($"{seen.Count} of {Planned} arrivals, late by {late[late.Count / 2]:F2} ms at the median, {late[late.Count * 99 / 100]:F2} ms at p99, {late[^1]:F2} ms at most; {inOrder:P1} in the plan's order; send lag p99 {lag} ms; start skew {status["runners"]!["startSkew"]}"));
        var last = origin + log[^1].At + TimeSpan.FromMilliseconds(log[^1].Service);
        output.WriteLine(Text($"verdict {(DateTimeOffset.Parse((string)status["completionTime"]!, CultureInfo.InvariantCulture) - last).TotalSeconds:F1} s after the last answer, seen {(completed - last).TotalSeconds:F1} s after it"));

        async Task<string[]> AddressesAsync() =>
            (await scene.KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=loadtest-runner", "--sort-by=.metadata.name", "-o", "jsonpath={.items[*].status.podIP}"))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [SkippableFact]
    public async Task Abort_ends_the_load_within_seconds_and_a_deleted_test_leaves_nothing()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        await scene.ApplyAsync(Scene.Manifest("long", rate: 20, seconds: 600, runners: 2));
        var status = await scene.PhaseAsync("long", "Running");
        await Eventually.SeeAsync("load at the target", scene.TargetCountAsync, count => count > 10);

        var asked = DateTimeOffset.UtcNow;
        Assert.Equal((0, $"loadtestrun.loadtest.dev/{status["run"]} patched"), await scene.LoadtestAsync("stop", "long"));
        status = await scene.VerdictAsync("long");
        Assert.Equal(("Aborted", "AbortedByUser"), ((string?)status["verdict"], (string?)status["reason"]));
        Assert.Equal(await scene.TargetCountAsync(), (long)status["load"]!["requests"]!);
        await LoadEndedAsync("abort");
        Assert.Equal((112, "loadtest: long has no run in progress"), await scene.LoadtestAsync("stop", "long"));

        await scene.KubectlAsync("annotate", "loadtest", "long", "loadtest.dev/rerun=1");
        var before = await scene.TargetCountAsync();
        await Eventually.SeeAsync("load of the second run", scene.TargetCountAsync, count => count > before + 10, TimeSpan.FromMinutes(4));
        asked = DateTimeOffset.UtcNow;
        await scene.KubectlAsync("delete", "loadtest", "long");
        var last = await scene.TargetCountAsync();
        await Eventually.SeeAsync("the load has stopped", async () =>
        {
            await Task.Delay(1000);
            var (one, two) = (last, last = await scene.TargetCountAsync());
            return two - one;
        }, difference => difference == 0);
        await Eventually.SeeAsync(
            "nothing is left",
            () => scene.KubectlAsync("get", "loadtests,loadtestruns,secrets,configmaps,pods", "-l", "app.kubernetes.io/managed-by=loadtest-operator", "-o", "name"),
            left => left.Split('\n').All(line => line.Length == 0 || line == "secret/loadtest-operator-key"));
        await LoadEndedAsync("deletion");

        // The promise is 5 s; a machine that does other things may need longer, and one that ignores the wish sends for ten minutes.
        async Task LoadEndedAsync(string what)
        {
            var after = (await scene.TargetOriginAsync()).Origin + (await scene.TargetLogAsync())[^1].At - asked;
            output.WriteLine(Text($"{what}: the last request arrived {after.TotalSeconds:F2} s after it was asked for"));
            Assert.InRange(after.TotalSeconds, -1, 60);
        }
    }

    [SkippableFact]
    public async Task Of_two_operators_one_leads_and_the_other_takes_over()
    {
        await using var scene = await Scene.OpenAsync(fixture.Cluster);
        var first = scene.Only;
        await Eventually.SeeAsync("the first operator leads", () => Task.FromResult(first.Log), _ => first.Leads);
        var second = scene.StartOperator();
        await scene.ApplyAsync(Scene.Manifest("two", rate: 10, seconds: 3));
        Assert.Equal("two", (await scene.VerdictAsync("two"))["run"]!.ToString().Split('-')[0]);
        Assert.False(second.Leads, second.Log);

        await first.KillAsync();
        var killed = DateTimeOffset.UtcNow;
        await scene.ApplyAsync(Scene.Manifest("after", rate: 10, seconds: 3));
        await Eventually.SeeAsync("the second operator leads", () => Task.FromResult(second.Log), _ => second.Leads);
        output.WriteLine(Text($"failover {(DateTimeOffset.UtcNow - killed).TotalSeconds:F1} s after the kill"));
        var status = await scene.VerdictAsync("after");
        Assert.Equal("Passed", (string?)status["verdict"]);
        Assert.Single((await scene.KubectlAsync("get", "ltr", "-o", "name")).Split('\n'), name => name.Contains("/after-", StringComparison.Ordinal));
    }

    /// <summary>Between the two neighbours by rank, as the status has it.</summary>
    private static double Percentile(IReadOnlyList<double> sorted, double p)
    {
        var rank = p * (sorted.Count - 1);
        var below = sorted[(int)rank];
        return below + ((sorted[Math.Min((int)rank + 1, sorted.Count - 1)] - below) * (rank - (int)rank));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
