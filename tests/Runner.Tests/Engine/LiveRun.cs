using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Desk;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Runs a whole spec for real: sockets, clock, recorder.</summary>
internal sealed class LiveRun
{
    public LiveRun(Uri? target, params StepSpec[] steps)
        : this(target, new PerVuIterationsScenario(), steps)
    {
    }

    public LiveRun(Uri? target, ScenarioSpec scenario, params StepSpec[] steps)
    {
        Spec = new LoadTestSpec
        {
            Target = target?.ToString(),
            Flows = Map<IReadOnlyList<StepSpec>>(("flow", steps)),
            Scenarios = Map(("s", scenario)),
        };
    }

    public LoadTestSpec Spec { get; set; }

    public Dictionary<string, string> Environment { get; } = [];

    public List<string> Log { get; } = [];

    public Snapshot Snapshot { get; private set; } = Snapshot.Empty;

    public RunEnd End { get; private set; } = null!;

    public IReadOnlyDictionary<string, CelValue> Setup { get; set; } = new Dictionary<string, CelValue>();

    public bool WarmsUp { get; set; }

    /// <summary>What paths of body files are relative to.</summary>
    public string? Folder { get; set; }

    public CancellationToken Stop { get; set; }

    public CancellationToken Kill { get; set; }

    public static OrderedMap<T> Map<T>(params (string Key, T Value)[] entries) => new(entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));

    public async Task<Snapshot> RunAsync()
    {
        var test = Compile();
        var recorders = new RecorderShards(test, 3);
        await using var senders = SenderFactories.Create(test.Http, TimeProvider.System);
        await using var engine = new LoadEngine(Planner.PlanWorker(Spec, 0, 1), test, recorders, senders, new EngineOptions { Log = new Lines(Log), WarmsUp = WarmsUp });
        await engine.PrepareAsync(default);
        await engine.WarmUpAsync(thoroughly: false, default);
        engine.UseSetup(Setup);
        End = await engine.RunAsync(TimeProvider.System.GetTimestamp(), Stop, Kill);
        return Snapshot = recorders.TakeSnapshot();
    }

    public async Task<OnceEnd> OnceAsync(OncePhase phase)
    {
        var test = Compile();
        var recorders = new RecorderShards(test, 1);
        await using var senders = SenderFactories.Create(test.Http, TimeProvider.System);
        var end = await new OnceRunner(test, recorders, senders, new EngineOptions { Log = new Lines(Log) }).RunAsync(phase, Setup, new LocalJobs(Environment, Folder ?? System.Environment.CurrentDirectory, TimeProvider.System), default);
        Snapshot = recorders.TakeSnapshot();
        return end;
    }

    public double Count(string metric, params (string Key, string Value)[] tags) =>
        Snapshot.Select(metric, TagSet.Of(tags)) is CounterValue counter ? counter.Sum : 0;

    public RateValue? Rate(string metric, params (string Key, string Value)[] tags) => Snapshot.Select(metric, TagSet.Of(tags)) as RateValue;

    public HistogramSnapshot? Trend(string metric, params (string Key, string Value)[] tags) => Snapshot.Select(metric, TagSet.Of(tags)) as HistogramSnapshot;

    private CompiledTest Compile()
    {
        var compilation = CompiledTest.Compile(Spec, Environment, folder: Folder);
        Assert.Empty(compilation.Problems);
        return compilation.Test!;
    }

    private sealed class Lines(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add(formatter(state, exception));
        }
    }
}
