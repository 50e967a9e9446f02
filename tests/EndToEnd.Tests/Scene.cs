using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>A namespace with a demo target in it and an operator that looks at it alone: what one test does, no other sees.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private static readonly SemaphoreSlim Defining = new(1);
    private static bool _defined;

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ClusterNamespace _space;
    private readonly List<OperatorProcess> _operators = [];
    private readonly string _image;
    private string? _target;

    private Scene(ClusterAccess cluster, ClusterNamespace space, string image) => (Cluster, _space, _image) = (cluster, space, image);

    /// <summary>The cluster.</summary>
    public ClusterAccess Cluster { get; }

    /// <summary>The namespace.</summary>
    public string Namespace => _space.Name;

    /// <summary>What all operators of the scene printed.</summary>
    public string Log => string.Join("\n-- another operator\n", _operators.Select(o => o.Log));

    /// <summary>The one operator there is.</summary>
    public OperatorProcess Only => _operators.Single();

    /// <summary>Makes it; the target is ready when it returns.</summary>
    public static async Task<Scene> OpenAsync(ClusterAccess cluster, bool withOperator = true)
    {
        var image = await cluster.LoadBuiltImageAsync("runner");
        await DefineAsync(cluster);
        var scene = new Scene(cluster, await cluster.CreateNamespaceAsync(), image);
        var sample = await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "config", "samples", "demo-target.yaml"));
        await cluster.ApplyAsync(sample.Replace("loadtest-runner:latest", image, StringComparison.Ordinal), "-n", scene.Namespace);
        if (withOperator)
        {
            scene.StartOperator();
        }

        await cluster.KubectlAsync("rollout", "status", "deployment/demo-target", "-n", scene.Namespace, "--timeout=240s");
        return scene;
    }

    /// <summary>The definitions as they stand in this checkout, once; again when a test of the installation has taken them away.</summary>
    private static async Task DefineAsync(ClusterAccess cluster)
    {
        string[] names = ["crd/loadtests.loadtest.dev", "crd/loadtestruns.loadtest.dev"];
        await Defining.WaitAsync();
        try
        {
            if (_defined && (await cluster.TryKubectlAsync(null, ["get", .. names])).ExitCode == 0)
            {
                return;
            }

            foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "config", "crd"), "loadtest.dev_*.yaml"))
            {
                // An API server before 1.25 does not know the CEL rules, and kubectl asks it.
                await cluster.KubectlAsync("apply", "--validate=false", "-f", file);
            }

            // kubectl fails instead of waiting when a definition has no status yet.
            await Eventually.SeeAsync(
                "both definitions are established",
                () => cluster.KubectlAsync(["get", .. names, "-o", "jsonpath={.items[*].status.conditions[?(@.type=='Established')].status}"]),
                seen => seen == "True True");
            _defined = true;
        }
        finally
        {
            Defining.Release();
        }
    }

    /// <summary>Starts an operator for the scene; the first one's successor or rival when there is one already.</summary>
    public OperatorProcess StartOperator(params string[] more) => StartOperatorFor(Namespace, more);

    /// <summary>Starts an operator that looks at these namespaces, separated by commas.</summary>
    public OperatorProcess StartOperatorFor(string watched, params string[] more)
    {
        var started = OperatorProcess.Start(Cluster.Kubeconfig, _image, Namespace, watched, more);
        _operators.Add(started);
        return started;
    }

    /// <summary>Applies a manifest in the namespace.</summary>
    public Task ApplyAsync(string manifest) => Cluster.ApplyAsync(manifest, "-n", Namespace);

    /// <summary>kubectl in the namespace.</summary>
    public Task<string> KubectlAsync(params string[] arguments) => Cluster.KubectlAsync([.. arguments, "-n", Namespace]);

    /// <summary>A verb of <c>loadtest</c> that speaks to the cluster, in the namespace: exit code and all it said.</summary>
    public async Task<(int Code, string Said)> LoadtestAsync(params string[] arguments)
    {
        await using var process = LoadtestProcess.Start([.. arguments, "--namespace", Namespace], new Dictionary<string, string> { ["KUBECONFIG"] = Cluster.Kubeconfig });
        var code = await process.ExitAsync();
        return (code, (process.Output + process.Error).Trim());
    }

    /// <summary>The status of a LoadTest (or of another kind), as it stands.</summary>
    public async Task<JsonNode> StatusAsync(string name, string kind = "loadtest")
    {
        var item = JsonNode.Parse(await KubectlAsync("get", kind, name, "-o", "json"))!;
        return item["status"] ?? new JsonObject();
    }

    /// <summary>Waits until a LoadTest's present generation has a verdict.</summary>
    public Task<JsonNode> VerdictAsync(string name, TimeSpan? deadline = null) => SeeAsync(
        name, "a verdict", status => status["verdict"] is not null && (string?)status["phase"] == "Finished", deadline ?? TimeSpan.FromMinutes(5));

    /// <summary>Waits until a LoadTest is in a phase.</summary>
    public Task<JsonNode> PhaseAsync(string name, string phase) => SeeAsync(name, phase, status => (string?)status["phase"] == phase, TimeSpan.FromMinutes(4));

    /// <summary>Waits for a state of a LoadTest; what was seen last and the operators' logs are in the failure.</summary>
    public async Task<JsonNode> SeeAsync(string name, string expected, Func<JsonNode, bool> reached, TimeSpan? deadline = null)
    {
        try
        {
            return await Eventually.SeeAsync(
                $"LoadTest {name}: {expected}",
                async () =>
                {
                    // kubectl is a process of some weight, and the cluster under test shares this machine with it.
                    await Task.Delay(300);
                    return await StatusAsync(name);
                },
                reached,
                deadline);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            throw new Xunit.Sdk.XunitException($"{e.Message}\n{await KubectlAsync("get", "pods,loadtestruns", "-o", "wide")}\n{Log}");
        }
    }

    /// <summary>How many requests the target counted.</summary>
    public async Task<long> TargetCountAsync() => (await TargetAsync("/stats")).GetProperty("requests").GetInt64();

    /// <summary>When the target's clock was started, by this machine's clock, from the quickest of twenty answers, and by how much that may be wrong.</summary>
    public async Task<(DateTimeOffset Origin, TimeSpan Uncertainty)> TargetOriginAsync()
    {
        var best = (Origin: default(DateTimeOffset), Uncertainty: TimeSpan.MaxValue);
        for (var look = 0; look < 20; look++)
        {
            var before = DateTimeOffset.UtcNow;
            var elapsed = (await TargetAsync("/stats")).GetProperty("elapsed_ns").GetInt64();
            var half = (DateTimeOffset.UtcNow - before) / 2;
            best = half < best.Uncertainty ? (before + half - TimeSpan.FromTicks(elapsed / 100), half) : best;
        }

        return best;
    }

    /// <summary>What the target saw, request by request, in order of arrival.</summary>
    public async Task<IReadOnlyList<TargetRequest>> TargetLogAsync() =>
        [.. (await TargetAsync("/stats/log")).EnumerateArray().Select(e => new TargetRequest(
            TimeSpan.FromTicks(e.GetProperty("at_ns").GetInt64() / 100),
            e.GetProperty("url").GetString()!,
            e.GetProperty("client").GetString()!,
            e.GetProperty("service_us").GetInt64() / 1000.0,
            e.GetProperty("status").GetInt32()))];

    /// <summary>Makes the target's process end, where it was started with <c>--misbehave crash</c>.</summary>
    public async Task CrashTargetAsync()
    {
        using var answer = await _client.PostAsync(new Uri($"{await TargetAddressAsync()}/crash"), null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Base URL of the target's Pod, which keeps its address when its container restarts.</summary>
    public async Task<string> TargetAddressAsync()
    {
        _target ??= await KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=demo-target", "-o", "jsonpath={.items[0].status.podIP}");
        return $"http://{_target}:8080";
    }

    private async Task<JsonElement> TargetAsync(string path)
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri(await TargetAddressAsync() + path)));
        return answer.RootElement.Clone();
    }

    /// <summary>The report that is stored as evidence.</summary>
    public async Task<JsonNode> ReportAsync(JsonNode status)
    {
        var map = JsonNode.Parse(await KubectlAsync("get", "configmap", (string)status["evidence"]!, "-o", "json"))!;
        await using var packed = new MemoryStream(Convert.FromBase64String((string)map["binaryData"]!["report.json.gz"]!));
        await using var json = new GZipStream(packed, CompressionMode.Decompress);
        return (await JsonNode.ParseAsync(json))!;
    }

    /// <summary>The runner Pods there are, names in order.</summary>
    public async Task<string[]> RunnerPodsAsync() =>
        (await KubectlAsync("get", "pods", "-l", "app.kubernetes.io/name=loadtest-runner", "--sort-by=.metadata.name", "-o", "jsonpath={.items[*].metadata.name}"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A number of the status' metric list.</summary>
    public static double Metric(JsonNode status, string name, string value)
    {
        var number = MetricOrNull(status, name, value);
        Assert.True(number is not null, $"no {value} of {name} in {status}");
        return number.Value;
    }

    /// <summary>The same for a metric that need not have a sample.</summary>
    public static double? MetricOrNull(JsonNode status, string name, string value) =>
        (double?)status["metrics"]?.AsArray().FirstOrDefault(m => (string?)m!["name"] == name)?[value];

    /// <summary>The status of a condition, or "absent".</summary>
    public static string Condition(JsonNode status, string type) =>
        (string?)status["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type)?["status"] ?? "absent";

    /// <summary>A test of one arrival-rate scenario against the demo target.</summary>
    public static string Manifest(string name, int rate, int seconds, int runners = 1, string thresholds = "{checks: ['rate>=0']}", string more = "", string onLoss = "fail") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: {{name}} }
        spec:
          target: http://demo-target:8080
          flows:
            f: [{request: {name: get, url: /json, checks: {ok: "status == 200"}, record: [{trend: number, value: "double(iteration)"}]} }]
          scenarios: {s: {executor: constant-arrival-rate, rate: {{rate}}, duration: {{seconds}}s, preAllocatedVUs: 40, maxVUs: 200} }
          # A machine that is busy with other things shall not decide these tests.
          validity: {maxTaintedSeconds: 100%, maxStartSkew: 1m, deliveredRatio: 0%}
          thresholds: {{thresholds}}
          runners: {replicas: {{runners}}, onLoss: {{onLoss}}, resources: {requests: {cpu: 200m, memory: 32Mi} } }
        {{more}}
        """);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var started in _operators)
        {
            await started.DisposeAsync();
        }

        _client.Dispose();
        await _space.DisposeAsync();
    }
}

/// <summary>A line of the target's log.</summary>
/// <param name="At">Since the target's start.</param>
/// <param name="Url">Path and query.</param>
/// <param name="Client">The runner's Pod address.</param>
/// <param name="Service">Milliseconds to the start of the answer.</param>
/// <param name="Status">HTTP status.</param>
internal sealed record TargetRequest(TimeSpan At, string Url, string Client, double Service, int Status);
