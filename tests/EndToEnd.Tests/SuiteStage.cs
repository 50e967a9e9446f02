using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LoadTesting.Model.Spec;
using LoadTesting.Suites.Tests;
using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>
/// The suites in one namespace: all of them at the same time against systems that behave, then all of them against the same systems with a fault each. What examples/README.md says is
/// what happens here, line by line. They hardly load the machine; if it stands still all the same, what it disturbed is run again, four times at most.
/// </summary>
public sealed class SuiteStage : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly NodesFixture _nodes;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loadtest-suites-");
    private readonly Lazy<Task<IReadOnlyDictionary<SuiteCase, SuiteOutcome>>> _sound;
    private readonly Lazy<Task<IReadOnlyDictionary<SuiteCase, SuiteOutcome>>> _faulty;
    private readonly string[] _blocks = ReadMe();
    private Scene? _scene;

    /// <summary>For xunit; nothing happens before a test asks, so that a machine without a cluster skips its tests.</summary>
    public SuiteStage(NodesFixture nodes)
    {
        _nodes = nodes;
        _sound = new(() => Task.Run(SoundAsync));
        _faulty = new(() => Task.Run(FaultyAsync));
    }

    private Scene Scene => _scene!;

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>How a suite went against a system that behaves.</summary>
    internal async Task<SuiteOutcome> SoundAsync(SuiteCase suite) => (await _sound.Value)[suite];

    /// <summary>How it went against the system with its fault.</summary>
    internal async Task<SuiteOutcome> FaultyAsync(SuiteCase suite) => (await _faulty.Value)[suite];

    private async Task<IReadOnlyDictionary<SuiteCase, SuiteOutcome>> SoundAsync()
    {
        _scene = await Scene.OpenAsync(_nodes.Cluster);
        var image = await Scene.KubectlAsync("get", "deployment", "demo-target", "-o", "jsonpath={.spec.template.spec.containers[0].image}");
        await WriteAsync("kubeconfig", await File.ReadAllTextAsync(Scene.Cluster.Kubeconfig));
        await BashAsync($"kubectl config set-context --current --namespace={Scene.Namespace}");
        foreach (var suite in SuiteCase.All)
        {
            await WriteAsync($"examples/{suite.Example}", await ScaledAsync(suite));
            await WriteAsync($"config/samples/{suite.Target}.yaml", await TargetAsync(suite, image));
        }

        await WriteAsync("examples/slo-services/terms.csv", await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "examples", "slo-services", "terms.csv")));
        var others = SuiteCase.All.Where(s => s != SuiteCase.FlashSale).ToList();
        await BashAsync(string.Join('\n', others.Select(s => $"kubectl apply -f config/samples/{s.Target}.yaml")));

        var flashSale = BashAsync(_blocks[0]);
        await BashAsync(string.Join('\n', others.Select(s => $"kubectl rollout status deployment/{s.Target}")));
        await Eventually.SeeAsync("what the suites read is there", () => Scene.KubectlAsync("get", "configmap", "search-terms", "--ignore-not-found"), found => found.Length > 0);
        await BashAsync(string.Join('\n', others.Select(s => $"kubectl apply -f examples/{s.Example}")));
        var outcomes = await SeeAsync(SuiteCase.All, NoRuns);
        Assert.Matches(@"flash-sale\s+\S+\s+(Passed|Failed|Invalid)", await flashSale);

        return await AgainAsync(outcomes, o => (string?)o.Status["verdict"] != "Passed" && (o.IsDisturbed || o.IsSlow));
    }

    private async Task<IReadOnlyDictionary<SuiteCase, SuiteOutcome>> FaultyAsync()
    {
        var before = (await _sound.Value).ToDictionary(o => o.Key, o => o.Value.Run);
        await Task.WhenAll(SuiteCase.All.Select(s => BashAsync(_blocks[1]
            .Replace("demo-target", s.Target, StringComparison.Ordinal)
            .Replace("flash-sale", s.Test, StringComparison.Ordinal)
            .Replace("oversell", s.Fault, StringComparison.Ordinal))));
        return await AgainAsync(await SeeAsync(SuiteCase.All, before), o => !o.ShowsTheFault && o.IsDisturbed);
    }

    /// <summary>Runs those again of which the outcome says nothing, together.</summary>
    private async Task<IReadOnlyDictionary<SuiteCase, SuiteOutcome>> AgainAsync(Dictionary<SuiteCase, SuiteOutcome> outcomes, Func<SuiteOutcome, bool> saysNothing)
    {
        for (var attempt = 2; attempt <= 5 && outcomes.Values.Any(saysNothing); attempt++)
        {
            var before = outcomes.Where(o => saysNothing(o.Value)).ToDictionary(o => o.Key, o => o.Value.Run);
            foreach (var suite in before.Keys)
            {
                await Scene.Cluster.KubectlAsync("delete", "--raw", Statistics(suite));
                await Scene.KubectlAsync("annotate", "loadtest", suite.Test, "--overwrite", $"loadtest.dev/rerun={outcomes[suite].Run}");
            }

            foreach (var (suite, outcome) in await SeeAsync(before.Keys, before))
            {
                outcomes[suite] = outcome;
            }
        }

        return outcomes;
    }

    private static IReadOnlyDictionary<SuiteCase, string?> NoRuns { get; } = SuiteCase.All.ToDictionary(s => s, _ => (string?)null);

    /// <summary>Waits until each has a verdict of a run later than the one before. One look for all of them a second: kubectl is a process of some weight.</summary>
    private async Task<Dictionary<SuiteCase, SuiteOutcome>> SeeAsync(IReadOnlyCollection<SuiteCase> suites, IReadOnlyDictionary<SuiteCase, string?> before)
    {
        var statuses = new Dictionary<SuiteCase, JsonNode>();
        try
        {
            await Eventually.SeeAsync(
                "a verdict of every suite",
                async () =>
                {
                    await Task.Delay(1000);
                    var tests = JsonNode.Parse(await Scene.KubectlAsync("get", "loadtests", "-o", "json"))!["items"]!.AsArray();
                    foreach (var suite in suites)
                    {
                        statuses[suite] = tests.FirstOrDefault(t => (string?)t!["metadata"]!["name"] == suite.Test)?["status"] ?? new JsonObject();
                    }

                    return string.Join("; ", suites.Select(s => $"{s.Test} {statuses[s]["phase"]} {statuses[s]["verdict"]} {statuses[s]["message"]}"));
                },
                _ => suites.All(s => (string?)statuses[s]["phase"] == "Finished" && statuses[s]["verdict"] is not null && (string?)statuses[s]["run"] != before[s]),
                Deadline);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new Xunit.Sdk.XunitException($"{e.Message}\n{await Scene.KubectlAsync("get", "pods,loadtestruns,deployments", "-o", "wide")}\n{Scene.Log}");
        }

        var outcomes = new Dictionary<SuiteCase, SuiteOutcome>();
        foreach (var suite in suites)
        {
            outcomes[suite] = new SuiteOutcome(suite, statuses[suite], JsonNode.Parse(await Scene.Cluster.KubectlAsync("get", "--raw", Statistics(suite)))!, Scene.Log);
        }

        return outcomes;
    }

    private string Statistics(SuiteCase suite) => $"/api/v1/namespaces/{Scene.Namespace}/services/{suite.Target}:http/proxy/stats";

    /// <summary>The example, short and small, with its own system and several runners.</summary>
    private async Task<string> ScaledAsync(SuiteCase suite)
    {
        var json = await Scene.KubectlAsync("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", Path.Combine(RepositoryPaths.Root, "examples", suite.Example));
        var document = SpecJson.Read(json, []) ?? throw new InvalidOperationException(json);
        var manifest = JsonNode.Parse(SpecJson.ToUtf8(suite.Scaling.Apply(document)))!;
        var spec = manifest["spec"]!.AsObject();
        spec["target"] = ((string)spec["target"]!).Replace("demo-target", suite.Target, StringComparison.Ordinal);
        spec["runners"] = JsonNode.Parse($$"""{"replicas": {{suite.Runners}}, "resources": {"requests": {"cpu": "200m", "memory": "32Mi"} } }""");
        // A machine that is busy with other things shall not decide what the systems deserve.
        spec["validity"] ??= JsonNode.Parse("""{"maxTaintedSeconds": "100%", "maxStartSkew": "1m", "deliveredRatio": "90%"}""");
        return manifest.ToJsonString();
    }

    /// <summary>The sample's Deployment and Service under the system's name.</summary>
    private static async Task<string> TargetAsync(SuiteCase suite, string image)
    {
        var sample = await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "config", "samples", "demo-target.yaml"));
        var slower = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"\"8080\", --latency-factor={suite.Scaling.Latency}, --limiter-window={Scalings.LimiterWindow.TotalSeconds}s]");
        Assert.Contains("\"8080\"]", sample, StringComparison.Ordinal);
        return sample
            .Replace("name: demo-target", $"name: {suite.Target}", StringComparison.Ordinal)
            .Replace("loadtest-runner:latest", image, StringComparison.Ordinal)
            .Replace("\"8080\"]", slower, StringComparison.Ordinal)
            .Replace("cpu: 50m", "cpu: 200m", StringComparison.Ordinal);
    }

    private async Task WriteAsync(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, path));
        file.Directory!.Create();
        await File.WriteAllTextAsync(file.FullName, text);
    }

    private async Task<string> BashAsync(string lines)
    {
        var run = await CommandResult.RunAsync("bash", ["-euo", "pipefail", "-c", $"cd '{_folder.FullName}'; export KUBECONFIG=kubeconfig\n{lines}"], null, Deadline);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException($"exit code {run.ExitCode}: {run.Error}\n{lines}");
    }

    /// <summary>The commands of the section on clusters: one block to see it pass, one to see it fail.</summary>
    private static string[] ReadMe()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "examples", "README.md"));
        var section = text[text.IndexOf("## In a cluster\n", StringComparison.Ordinal)..];
        string[] blocks = [.. Regex.Matches(section, "^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value)];
        Assert.Equal(2, blocks.Length);
        return blocks;
    }
}
