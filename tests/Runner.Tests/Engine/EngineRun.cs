using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Engine.Generator;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Runs scenarios through the real engine on virtual time, with iterations that only take time.</summary>
internal sealed class EngineRun
{
    private readonly VirtualTime _time = new();
    private readonly CompiledTest _test;
    private readonly LoadTestSpec _spec;

    public EngineRun(params (string Name, ScenarioSpec Scenario)[] scenarios)
    {
        _spec = new LoadTestSpec
        {
            Flows = new OrderedMap<IReadOnlyList<StepSpec>>([new("flow", [])]),
            Scenarios = new OrderedMap<ScenarioSpec>(scenarios.Select(s => KeyValuePair.Create(s.Name, s.Scenario))),
        };
        var compilation = CompiledTest.Compile(_spec, new Dictionary<string, string>());
        Assert.Empty(compilation.Problems);
        _test = compilation.Test!;
        Recorders = new RecorderShards(_test, 1);
    }

    public EngineRun(ScenarioSpec scenario)
        : this(("s", scenario))
    {
    }

    /// <summary>How long an iteration takes; null = for ever. Gets the VU's local number and the number of its own iterations so far.</summary>
    public Func<int, int, TimeSpan?> Takes { get; init; } = (_, _) => TimeSpan.Zero;

    /// <summary>Whether iterations go on in spite of an interruption (as a body that looks at no token does).</summary>
    public bool IgnoresInterruption { get; init; }

    /// <summary>When to stop gracefully.</summary>
    public TimeSpan? StopAt { get; init; }

    /// <summary>When to stop hard.</summary>
    public TimeSpan? KillAt { get; init; }

    /// <summary>What to look at while it runs.</summary>
    public IReadOnlyList<TimeSpan> LookAt { get; init; } = [];

    /// <summary>What the generator reads about itself; null = it does not look.</summary>
    public IGeneratorProbe? Probe { get; init; }

    public Partition? Partition { get; init; }

    public int Index { get; init; }

    /// <summary>From when on, where this runner replaces a lost one.</summary>
    public Duration ResumeAt { get; init; }

    public RecorderShards Recorders { get; }

    public List<FakeIteration> Iterations { get; } = [];

    public Dictionary<TimeSpan, EngineProgress> Seen { get; } = [];

    public List<string> Log { get; } = [];

    public int UsersMade { get; private set; }

    public int MostActive { get; private set; }

    public EngineProgress Last { get; private set; } = null!;

    public RunEnd Run()
    {
        return _time.Run(async () =>
        {
            var plan = Planner.PlanWorker(_spec, Index, Partition ?? Partition.Equal(1));
            await using var senders = SenderFactories.Create(_test.Http, _time);
            using var stop = new CancellationTokenSource();
            using var kill = new CancellationTokenSource();
            var engine = new LoadEngine(plan, _test, Recorders, senders, new EngineOptions { Time = _time, Log = new ListLogger(Log), Probe = Probe }, index => new FakeUser(this, index));
            await engine.PrepareAsync(default);
            var running = engine.RunAsync(_time.GetTimestamp(), stop.Token, kill.Token, ResumeAt);
            List<Task> others = [.. LookAt.Select(at => AtAsync(at, () => Seen[at] = engine.Progress))];
            if (StopAt is { } stopAt) others.Add(AtAsync(stopAt, stop.Cancel));
            if (KillAt is { } killAt) others.Add(AtAsync(killAt, kill.Cancel));
            var end = await running;
            Last = engine.Progress;
            await Task.WhenAll(others);
            await engine.DisposeAsync();
            return end;
        });
    }

    private async Task AtAsync(TimeSpan at, Action act)
    {
        await _time.UntilAsync(at);
        act();
    }

    /// <summary>An iteration as it happened; times since the start.</summary>
    internal sealed record FakeIteration(int User, Iteration Iteration, TimeSpan Start)
    {
        public TimeSpan? End { get; set; }

        public bool RanToEnd { get; set; }
    }

    private sealed class FakeUser : IVirtualUser
    {
        private readonly EngineRun _run;
        private readonly int _index;
        private int _own;

        public FakeUser(EngineRun run, int index)
        {
            (_run, _index) = (run, index);
            run.UsersMade++;
        }

        public async ValueTask<StepsEnd> RunAsync(Iteration iteration, CancellationToken interrupt)
        {
            var time = _run._time;
            var entry = new FakeIteration(_index, iteration, time.Elapsed);
            _run.Iterations.Add(entry);
            _run.MostActive = Math.Max(_run.MostActive, _run.Iterations.Count(i => i.End is null));
            var takes = _run.Takes(_index, _own++);
            var interrupted = new TaskCompletionSource();
            using var registration = interrupt.Register(interrupted.SetResult);
            var body = takes is { } span ? time.UntilAsync(time.Elapsed + span) : Task.Delay(-1, CancellationToken.None);
            if (_run.IgnoresInterruption) await body;
            else await Task.WhenAny(body, interrupted.Task);
            entry.RanToEnd = body.IsCompleted;
            entry.End = time.Elapsed;
            var end = entry.RanToEnd ? StepsEnd.Completed : StepsEnd.Interrupted;
            iteration.Tally.End(end);
            return end;
        }

        public ValueTask DisposeAsync() => default;
    }

    private sealed class ListLogger(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));
    }
}
