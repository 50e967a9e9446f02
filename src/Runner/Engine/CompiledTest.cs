using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Data;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Proxies;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// A test with everything parsed and rendered that can be before it runs; immutable, shared by all workers and virtual users. Only what a step's expressions
/// read is kept of a response.
/// </summary>
public sealed class CompiledTest
{
    /// <summary>The User-Agent when the manifest gives none.</summary>
    public static readonly string DefaultUserAgent = "loadtest/" + (typeof(CompiledTest).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly Dictionary<string, CompiledScope> _scenarios;

    private CompiledTest(
        LoadTestSpec spec, HttpSettings http, Dictionary<string, CompiledScope> scenarios, CompiledScope[] once, CompilationContext context, IReadOnlyList<CompiledReady> ready, SecretMask secrets)
    {
        (Spec, Http, _scenarios, StepCount, ChoiceCount) = (spec, http, scenarios, context.Steps, context.Choices);
        (ReadyRequests, Secrets) = (ready, secrets);
        Once = once;
        Variables = spec.Variables.ToDictionary(v => v.Key, v => SpecValues.Of(v.Value), StringComparer.Ordinal);
        RunTags = TagSet.From(spec.Tags);
        Target = spec.Target is null ? null : UrlTemplate.Parse(spec.Target);
        Carriers = [.. WarmUpCarriers.Of(http, Target?.Scheme, context.NamesClear, context.NamesTls)];
    }

    /// <summary>What it was compiled from.</summary>
    public LoadTestSpec Spec { get; }

    /// <summary>What its connections have in common.</summary>
    public HttpSettings Http { get; }

    /// <summary>The target; null when there is none or it is no URL.</summary>
    public Uri? Target { get; }

    /// <summary>What its requests go over, as far as it can be known before they are made.</summary>
    internal IReadOnlyList<WarmUpCarrier> Carriers { get; }

    /// <summary>Values that must not be shown.</summary>
    internal SecretMask Secrets { get; }

    internal IReadOnlyList<CompiledReady> ReadyRequests { get; }

    /// <summary>What Prometheus is asked.</summary>
    internal IReadOnlyList<CompiledQuery> Queries { get; private init; } = [];

    internal TagSet RunTags { get; }

    internal IReadOnlyDictionary<string, CelValue> Variables { get; }

    /// <summary>By <see cref="OncePhase"/>.</summary>
    internal IReadOnlyList<CompiledScope> Once { get; }

    internal int StepCount { get; }

    internal int ChoiceCount { get; }

    internal int ScopeCount => _scenarios.Count + Once.Count;

    /// <summary>Parses everything; collects all problems.</summary>
    /// <param name="spec">Validated; what is wrong in spite of that becomes a problem here.</param>
    /// <param name="environment">The test's env with the values that its references stand for.</param>
    /// <param name="rows">The rows of the test's feeders, by name; of a feeder that is not among them reading a row fails.</param>
    /// <param name="folder">What relative paths of body files, certificates and keys are relative to; null = the current folder.</param>
    public static TestCompilation Compile(
        LoadTestSpec spec, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, IReadOnlyList<CelValue>>? rows = null, string? folder = null)
    {
        rows ??= new Dictionary<string, IReadOnlyList<CelValue>>();
        var secrets = new SecretMask(SecretInputs.Of(spec, environment, rows));
        var context = new CompilationContext(folder ?? System.Environment.CurrentDirectory) { Secrets = secrets };
        var probe = new CelActivation(ExpressionScopes.Response, new VuHost(0, TimeProvider.System));
        var steps = new StepCompiler(spec, context, probe);
        var tls = TlsMaterial.Load(spec.Http.Tls, "spec.http.tls", context.Problems, folder);
        var proxies = ProxyRules.FromEnvironment(System.Environment.GetEnvironmentVariable, context.Problems);
        var flows = spec.Flows.ToDictionary(f => f.Key, f => steps.Flow(f.Key, ""), StringComparer.Ordinal);
        var scenarios = new Dictionary<string, CompiledScope>(StringComparer.Ordinal);
        foreach (var (name, scenario) in spec.Scenarios)
        {
            if (Mix(name, scenario, flows, context) is { } mix) scenarios.Add(name, Scope(scenarios.Count, name, scenario, spec, environment, mix) with { Rows = RowSources.Of(spec, name, rows), Secrets = secrets });
        }

        CompiledScope[] once = [Once("setup", spec.Setup, 0), Once("teardown", spec.Teardown, 1), Once("verify", spec.Verify, 2)];
        var ready = (spec.Ready?.Http ?? []).Select((r, i) => steps.Ready(r, $"spec.ready.http[{i}]")).OfType<CompiledReady>().ToArray();
        var queries = (spec.Observe?.Prometheus ?? []).Select((q, i) => steps.Query(q, $"spec.observe.prometheus[{i}]")).OfType<CompiledQuery>().ToArray();
        var settings = new HttpSettings
        {
            ConnectTimeout = spec.Http.ConnectTimeout, KeepAlive = spec.Http.KeepAlive, MaxConnectionAge = spec.Http.MaxConnectionAge, Http2 = spec.Http.Http2, H2c = spec.Http.H2c,
            Network = spec.Network, Tls = tls, Proxies = proxies,
        };
        var problems = context.Problems.Distinct().ToArray();
        return problems.Length > 0 ? new(null, problems) : new(new CompiledTest(spec, settings, scenarios, once, context, ready, secrets) { Queries = queries }, []);

        CompiledScope Once(string name, IReadOnlyList<StepSpec> list, int index) => new(
            spec.Scenarios.Count + index,
            "",
            TagSet.From(spec.Tags).With("group", "::" + name),
            Map(environment),
            CelValue.Of(CelMap.Empty),
            new FlowMix([(steps.Compile(list, $"spec.{name}", "::" + name), 1)]),
            IsOpen: false)
        {
            Rows = RowSources.Whole(spec, rows),
            Secrets = secrets,
        };
    }

    /// <summary>The session of a virtual user.</summary>
    /// <param name="senders">Makes its connections.</param>
    /// <param name="user">0-based number in the runner.</param>
    /// <param name="vu">1-based number in the whole test; 0 for parts that run once.</param>
    /// <param name="time">When cookies expire.</param>
    internal HttpSession Session(ISenderFactory senders, int user, long vu, TimeProvider time) =>
        new(senders.Create(user, vu), new SessionRules(Spec.Http.Cookies, !Spec.Http.NoCookiesReset, Spec.Http.NoVUConnectionReuse), time);

    internal CompiledScope Scenario(string name) => _scenarios[name];

    private static CompiledScope Scope(int id, string name, ScenarioSpec scenario, LoadTestSpec spec, IReadOnlyDictionary<string, string> environment, FlowMix mix)
    {
        var env = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (key, value) in scenario.Env) env[key] = value;
        var tags = TagSet.From(spec.Tags).With("scenario", name).With(TagSet.From(scenario.Tags));
        var about = Map(new Dictionary<string, string> { ["name"] = name, ["executor"] = scenario.Executor });
        return new CompiledScope(id, name, tags, Map(env), about, mix, scenario is ConstantArrivalRateScenario or RampingArrivalRateScenario);
    }

    private static FlowMix? Mix(string name, ScenarioSpec scenario, Dictionary<string, IReadOnlyList<CompiledStep>> flows, CompilationContext context)
    {
        var path = $"spec.scenarios.{name}";
        var entries = scenario.Mix.Count > 0
            ? [.. scenario.Mix.Select((m, i) => (m.Flow, m.Weight, Path: $"{path}.mix[{i}].flow"))]
            : new[] { (Flow: scenario.Exec ?? (flows.Count == 1 ? flows.Keys.First() : ""), Weight: 1.0, Path: $"{path}.exec") };
        foreach (var entry in entries.Where(e => !flows.ContainsKey(e.Flow)))
        {
            context.Problems.Add(new Problem(entry.Path, "unknown-flow", "there is no flow of that name") { Value = entry.Flow });
        }

        return entries.All(e => flows.ContainsKey(e.Flow)) ? new FlowMix([.. entries.Select(e => (flows[e.Flow], e.Weight))]) : null;
    }

    private static CelValue Map(IReadOnlyDictionary<string, string> map) =>
        CelValue.Of(CelMap.Of(map.Select(e => KeyValuePair.Create(e.Key, CelValue.Of(e.Value)))));
}

/// <summary>What became of a spec: a compiled test, or everything that is wrong with it.</summary>
/// <param name="Test">Null exactly when there are problems.</param>
/// <param name="Problems">All that was found.</param>
public sealed record TestCompilation(CompiledTest? Test, IReadOnlyList<Problem> Problems);
