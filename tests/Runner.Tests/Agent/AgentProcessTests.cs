using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;
using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Agent;

/// <summary>Agents as processes, driven as an operator (or a person with curl) would.</summary>
public sealed class AgentProcessTests : IAsyncLifetime
{
    private const string Token = "open-sesame";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-agent-");
    private readonly List<LoadtestProcess> _processes = [];
    private readonly HttpClient _client = new();
    private TargetServer _target = null!;

    public async Task InitializeAsync()
    {
        _target = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "token"), Token);
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await _target.DisposeAsync();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Two_agents_started_at_one_instant_do_together_what_one_would()
    {
        var urls = await StartAsync(2, Manifest("constant-arrival-rate, rate: 50, duration: 3s, preAllocatedVUs: 40, maxVUs: 80"));
        var at = DateTimeOffset.UtcNow.AddSeconds(2);
        foreach (var url in urls)
        {
            Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.StartPath, new { at }));
        }

        var merged = new SnapshotSet(2);
        foreach (var url in urls)
        {
            var final = await Eventually.SeeAsync("the final snapshot", () => ScrapeAsync(url), s => s.IsFinal);
            Assert.Equal(OfferResult.Accepted, merged.Offer(final));
        }

        Assert.True(merged.IsComplete);
        Assert.Equal(150, Count(merged.Total(), BuiltInMetrics.Iterations) + Count(merged.Total(), BuiltInMetrics.DroppedIterations));
        Assert.Equal(_target.Statistics.Requests, Count(merged.Total(), BuiltInMetrics.HttpReqs));
        Assert.Equal([75, 75], urls.Select((_, i) => Count(merged.Latest(i)!.Snapshot, BuiltInMetrics.Iterations) + Count(merged.Latest(i)!.Snapshot, BuiltInMetrics.DroppedIterations)));
        foreach (var (url, process) in urls.Zip(_processes))
        {
            Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.AckPath, null));
            Assert.Equal(0, await process.ExitAsync());
        }
    }

    [Fact]
    public async Task Verbs_want_the_token_and_the_right_run_and_may_be_repeated()
    {
        var url = (await StartAsync(1, Manifest("constant-vus, duration: 10m")))[0];
        using (var bare = await _client.PostAsync(new Uri(url, AgentContract.StopPath), null))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, bare.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(url, AgentContract.StopPath, null));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(url, AgentContract.StartPath, new { at = DateTimeOffset.UtcNow }, run: "another-run"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(url, AgentContract.StartPath, new { at = "soon" }));
        var at = DateTimeOffset.UtcNow.AddMilliseconds(300);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.StartPath, new { at }));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.StartPath, new { at }));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(url, AgentContract.StartPath, new { at = at.AddSeconds(1) }));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(url, AgentContract.AckPath, null));
        await Eventually.SeeAsync("requests at the target", () => Task.FromResult(_target.Statistics.Requests), n => n > 0);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.StopPath, null));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.StopPath, null));
        var final = await Eventually.SeeAsync("the final snapshot", () => ScrapeAsync(url), s => s.IsFinal);
        Assert.Equal(_target.Statistics.Requests, Count(final.Snapshot, BuiltInMetrics.HttpReqs));
    }

    [Fact]
    public async Task Terminated_while_running_it_stops_gracefully_and_still_owes_its_results()
    {
        var url = (await StartAsync(1, Manifest("constant-vus, duration: 10m")))[0];
        await PostAsync(url, AgentContract.StartPath, new { at = DateTimeOffset.UtcNow });
        await Eventually.SeeAsync("requests at the target", () => Task.FromResult(_target.Statistics.Requests), n => n > 0);
        await _processes[0].SignalAsync("TERM");
        await Eventually.SeeAsync("the load's end", () => StateAsync(url), s => s == AgentStates.Terminated);
        var last = await ScrapeAsync(url);
        Assert.False(last.IsFinal, "a share that was cut short is not whole");
        Assert.Equal(_target.Statistics.Requests, Count(last.Snapshot, BuiltInMetrics.HttpReqs));
        await PostAsync(url, AgentContract.AckPath, null);
        Assert.Equal(0, await _processes[0].ExitAsync());
    }

    [Fact]
    public async Task Terminated_before_its_start_it_goes_at_once()
    {
        await StartAsync(1, Manifest("constant-vus, duration: 10m"));
        await _processes[0].SignalAsync("TERM");
        Assert.Equal(0, await _processes[0].ExitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Setup_runs_once_however_often_it_is_asked_for_and_teardown_makes_the_snapshot_final()
    {
        var url = (await StartAsync(1, Manifest("per-vu-iterations") + """
              setup: [{request: {name: opening, url: /json, extract: {answer: json.id}}}]
              teardown: [{request: {name: closing, url: /json}}]
            """))[0];
        for (var i = 0; i < 2; i++)
        {
            var answer = await StageAsync(url, AgentContract.SetupPath);
            Assert.True(answer.GetProperty("ok").GetBoolean());
            Assert.Equal(42, answer.GetProperty("values").GetProperty("answer").GetInt32());
        }

        await PostAsync(url, AgentContract.StartPath, new { at = DateTimeOffset.UtcNow });
        await Eventually.SeeAsync("the load's end", () => StateAsync(url), s => s == AgentStates.Finished);
        Assert.False((await ScrapeAsync(url)).IsFinal);
        Assert.True((await StageAsync(url, AgentContract.TeardownPath)).GetProperty("ok").GetBoolean());
        var final = await ScrapeAsync(url);
        Assert.True(final.IsFinal);
        Assert.Equal(3, Count(final.Snapshot, BuiltInMetrics.HttpReqs));
    }

    [Fact]
    [Trait("covers", "002-40")]
    public async Task Metrics_come_in_the_format_that_the_scraper_asks_for()
    {
        var url = (await StartAsync(1, Manifest("per-vu-iterations")))[0];
        await PostAsync(url, AgentContract.StartPath, new { at = DateTimeOffset.UtcNow });
        await Eventually.SeeAsync("the final snapshot", () => ScrapeAsync(url), s => s.IsFinal);
        var text = await GetTextAsync(url, "text/plain;version=0.0.4");
        Assert.Contains("loadtest_http_reqs_total", text, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", await GetTextAsync(url, "application/openmetrics-text;version=1.0.0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_without_what_it_needs_says_everything_that_is_missing()
    {
        var (code, _, error) = await LoadtestProcess.RunAsync("agent", "--index", "5", "--count", "2");
        Assert.Equal(ExitCodes.InvalidManifest, code);
        foreach (var name in new[] { AgentContract.PlanFileVariable, AgentContract.RunIdVariable, AgentContract.TokenFileVariable, AgentContract.IndexVariable })
        {
            Assert.Contains(name, error, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task An_agent_asks_Prometheus_for_the_operator_before_during_and_after_the_load()
    {
        await using var prometheus = await PrometheusServer.ScrapingAsync(_target.Url);
        var observe = $"  observe:\n    prometheus: [{{name: heap, url: \"{prometheus.Url}\", query: demo_memory_bytes, interval: 1s, unit: bytes}}]\n";
        var url = Assert.Single(await StartAsync(1, Manifest("constant-vus, vus: 1, duration: 1s") + observe));

        // An instant that lies behind, as of an operator that takes over.
        var start = DateTimeOffset.UtcNow;
        await Task.Delay(1500);
        var answer = await ObserveAsync(url, start, new QueryDue("heap", 0, 1), new QueryDue("other", 0, 0));
        Assert.Equal(("heap", 0, 1), (answer.Name, answer.From, answer.To));
        Assert.Equal([new(0, 20e6), new ObservedValue(1, 20e6)], answer.Values);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.StartPath, new { at = DateTimeOffset.UtcNow.AddMilliseconds(200) }));
        await Eventually.SeeAsync("the final snapshot", () => ScrapeAsync(url), s => s.IsFinal);
        Assert.Equal(answer.Values, (await ObserveAsync(url, start, new QueryDue("heap", 0, 1))).Values);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(url, AgentContract.ObservePath, new { start, due = new[] { new { name = "heap", from = -1, to = 2 } } }));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(url, AgentContract.AckPath, null));
    }

    private async Task<QueryAnswer> ObserveAsync(Uri url, DateTimeOffset start, params QueryDue[] due)
    {
        using var answer = await SendAsync(url, AgentContract.ObservePath, JsonDocument.Parse(ObservationMessages.Question(start, due)).RootElement, "run-1");
        return Assert.Single(ObservationMessages.ReadAnswers(await answer.Content.ReadAsStringAsync())!);
    }

    private static long Count(Snapshot snapshot, MetricDefinition metric) => snapshot.Select(metric) is CounterValue counter ? (long)counter.Sum : 0;

    private string Manifest(string executor) =>
        $$$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: agents}
        spec:
          target: {{{_target.Url}}}
          flows: {f: [{request: {name: get, url: /delay/5}}]}
          scenarios: {s: {executor: {{{executor}}}}}

        """;

    private async Task<List<Uri>> StartAsync(int count, string manifest)
    {
        var plan = Path.Combine(_folder.FullName, "plan.yaml");
        await File.WriteAllTextAsync(plan, manifest);
        var urls = new List<Uri>();
        for (var index = 0; index < count; index++)
        {
            var process = LoadtestProcess.Start(
            [
                "agent", "--plan", plan, "--index", $"{index}", "--count", $"{count}", "--listen", "127.0.0.1", "--port", "0",
                "--token-file", Path.Combine(_folder.FullName, "token"), "--run-id", "run-1",
            ]);
            _processes.Add(process);
            var line = await Eventually.SeeAsync(
                "the agent's address", () => Task.FromResult(process.Output + process.Error), o => o.Contains(" on http://", StringComparison.Ordinal));
            var url = new Uri(Regex.Match(line, @"on (http://\S+)").Groups[1].Value);
            await Eventually.SeeAsync("ready", () => StateAsync(url), s => s == AgentStates.Ready);
            urls.Add(url);
        }

        return urls;
    }

    private async Task<string> StateAsync(Uri url)
    {
        using var answer = await GetAsync(url, AgentContract.ReadyPath);
        return answer.Headers.GetValues(AgentContract.StateHeader).Single();
    }

    private async Task<WorkerSnapshot> ScrapeAsync(Uri url)
    {
        using var answer = await GetAsync(url, AgentContract.MetricsPath, ContentNegotiation.ContentType(ExpositionFormat.Protobuf));
        var read = ExpositionReader.Read(await answer.Content.ReadAsByteArrayAsync(), ExpositionFormat.Protobuf);
        return read.Snapshot ?? throw new InvalidOperationException(read.Error);
    }

    private async Task<HttpResponseMessage> GetAsync(Uri url, string path, string accept = "*/*")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue(AgentContract.AuthorizationScheme, Token);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _client.SendAsync(request);
    }

    private async Task<string> GetTextAsync(Uri url, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, AgentContract.MetricsPath));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await _client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> PostAsync(Uri url, string path, object? body, string run = "run-1")
    {
        using var answer = await SendAsync(url, path, body, run);
        return answer.StatusCode;
    }

    private async Task<JsonElement> StageAsync(Uri url, string path)
    {
        using var answer = await SendAsync(url, path, null, "run-1");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> SendAsync(Uri url, string path, object? body, string run)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue(AgentContract.AuthorizationScheme, Token);
        request.Headers.Add(AgentContract.RunIdHeader, run);
        return await _client.SendAsync(request);
    }
}
