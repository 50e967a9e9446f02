using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Hunt;

/// <summary>One run with agents as processes and this class in the operator's place.</summary>
internal sealed class HuntRun(HuntCase hunt, HuntTarget target) : IAsyncDisposable
{
    private const string Token = "open-sesame";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-hunt-");
    private readonly List<Process> _agents = [];
    private readonly CpuLimit? _limit = hunt.Fault == Fault.Throttled && CpuLimit.IsPossible ? CpuLimit.Create() : null;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(2) };

    public async Task<VerdictDecision> ExecuteAsync()
    {
        var plan = Path.Combine(_folder.FullName, "plan.yaml");
        var token = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(plan, hunt.Manifest(target.Url));
        await File.WriteAllTextAsync(token, Token);
        var spec = ManifestReader.ReadFile(plan).Documents[0].Validate().Value!.Manifest.Spec;
        var urls = await Task.WhenAll(Enumerable.Range(0, hunt.Runners).Select(i => StartAsync(i, plan, token)));

        var collector = new RunCollector(spec, ThresholdRules.Compile(spec, "spec.thresholds", new List<Problem>()), hunt.Runners);
        var skew = new StartSkewEstimator();
        var t0 = DateTimeOffset.UtcNow.AddSeconds(2);
        for (var i = 0; i < urls.Length; i++)
        {
            // A clock that is off by so much takes the instant for another one.
            var at = hunt.Fault == Fault.ClockOff && i == hunt.Victim ? t0 + hunt.For : t0;
            await PostAsync(urls[i], AgentContract.StartPath, new { at });
        }

        var harming = HarmAsync(t0);
        var lastHeard = new Duration[hunt.Runners];
        var lost = new HashSet<int>();
        for (var second = 1; ; second++)
        {
            await UntilAsync(t0 + TimeSpan.FromSeconds(second));
            await Task.WhenAll(urls.Select((url, i) => ReadAsync(url, i, second, t0, collector, skew, lastHeard)));
            collector.Tick(Since(t0));
            var open = Enumerable.Range(0, hunt.Runners).Where(i => collector.Workers.Latest(i) is not { IsFinal: true }).ToList();
            if (open.Count == 0)
            {
                break;
            }

            // As the operator does: who is silent for 5 s is lost. After the plan's end nobody who is alive is silent.
            foreach (var silent in open.Where(i => Since(t0) - lastHeard[i] > Duration.FromSeconds(5)))
            {
                lost.Add(silent);
            }

            if (open.All(lost.Contains) || second > 60)
            {
                lost.UnionWith(open);
                break;
            }
        }

        await harming;
        var load = collector.EndLoad();
        var losses = lost.Order().Select(i => new LostRunner(i, LostCoverage.Share(spec, i, hunt.Runners, lastHeard[i]))).ToList();
        return collector.Finish(load, new RunEvidence { LostRunners = losses, StartSkew = skew.Skew }).Decision;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            if (!agent.HasExited)
            {
                await SignalAsync(agent, "CONT");
                agent.Kill(entireProcessTree: true);
                await agent.WaitForExitAsync();
            }

            agent.Dispose();
        }

        if (_limit is not null) await _limit.DisposeAsync();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Uri> StartAsync(int index, string plan, string token)
    {
        // Enough to begin with, too few for 300 connections.
        var limit = hunt.Fault == Fault.FilesExhausted && index == hunt.Victim ? "ulimit -n 230; " : index == hunt.Victim ? _limit?.Enter ?? "" : "";
        var start = new ProcessStartInfo("bash", ["-c", limit + "exec dotnet \"$@\"", "agent", Path.Combine(AppContext.BaseDirectory, "loadtest.dll"), "agent", "--plan", plan, "--index", Text(index), "--count", Text(hunt.Runners), "--listen", "127.0.0.1", "--port", "0", "--token-file", token, "--run-id", "hunt"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var agent = Process.Start(start)!;
        lock (_agents) _agents.Add(agent);
        var errors = agent.StandardError.ReadToEndAsync();
        var line = await agent.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        var address = Regex.Match(line ?? "", @"on (http://\S+)");
        Assert.True(address.Success, $"{hunt}: agent {index} said '{line}' {(line is null ? await errors : "")}");
        var url = new Uri(address.Groups[1].Value);
        _ = agent.StandardOutput.ReadToEndAsync();
        await Eventually.SeeAsync("ready", async () => (int)(await _client.GetAsync(new Uri(url, AgentContract.ReadyPath))).StatusCode, c => c == 200);
        return url;
    }

    private async Task HarmAsync(DateTimeOffset t0)
    {
        await UntilAsync(t0 + hunt.At);
        // Asked only when all are alive: one that ran out of files may have ended by now.
        Process Victim() => _agents.OrderBy(a => a.StartTime).ElementAt(hunt.Victim);
        switch (hunt.Fault)
        {
            case Fault.Killed:
                await SignalAsync(Victim(), "KILL");
                break;
            case Fault.Stopped:
                var stopped = Victim();
                await SignalAsync(stopped, "STOP");
                await Task.Delay(hunt.For);
                await SignalAsync(stopped, "CONT");
                break;
            case Fault.DyingTarget:
                await target.DieAsync();
                break;
            case Fault.Throttled when _limit is not null:
                _limit.Set(0.01);
                await Task.Delay(hunt.For);
                _limit.Set(64);
                break;
        }
    }

    private async Task ReadAsync(Uri url, int index, int second, DateTimeOffset t0, RunCollector collector, StartSkewEstimator skew, Duration[] lastHeard)
    {
        var random = new Random(HashCode.Combine(hunt.Seed, index, second));
        if ((hunt.Fault == Fault.ScrapesLost && index == hunt.Victim && Since(t0).ToTimeSpan() > hunt.At) || (hunt.Fault == Fault.SomeScrapesLost && random.Next(2) == 0))
        {
            return;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, AgentContract.MetricsPath));
            request.Headers.TryAddWithoutValidation("Accept", ContentNegotiation.ContentType(ExpositionFormat.Protobuf));
            var asked = Since(t0);
            using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            using var answer = await _client.SendAsync(request, enough.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(enough.Token);
            if (ExpositionReader.Read(body, ExpositionFormat.Protobuf).Snapshot is { } snapshot)
            {
                lock (collector)
                {
                    collector.Offer(snapshot);
                    lastHeard[index] = Since(t0);
                    if (!snapshot.IsFinal) skew.Observe(index, asked, Since(t0), new Duration(snapshot.OffsetNanoseconds));
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // Nothing heard: that is what a collector sees of a dead or stopped runner.
        }
    }

    private async Task PostAsync(Uri url, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue(AgentContract.AuthorizationScheme, Token);
        using var answer = await _client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{hunt}: {path} answered {answer.StatusCode}");
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Text(process.Id)]);
        await kill.WaitForExitAsync();
    }

    private static Duration Since(DateTimeOffset t0) => new((DateTimeOffset.UtcNow - t0).Ticks * 100);

    private static async Task UntilAsync(DateTimeOffset at)
    {
        var left = at - DateTimeOffset.UtcNow;
        if (left > TimeSpan.Zero) await Task.Delay(left);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
