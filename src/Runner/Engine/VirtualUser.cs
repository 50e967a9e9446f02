using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Recording;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>
/// One simulated user: connections, cookies (emptied for each iteration) and variables (kept from iteration to iteration until the scenario changes, so that a
/// flow may log in once). Everything it measures goes to one shard.
/// </summary>
internal sealed class VirtualUser : IVirtualUser, IIterationEvents
{
    private const int MostOfMessage = 200;

    private readonly IReadOnlyList<CompiledScope> _scopes;
    private readonly HttpSession _session;
    private readonly VuActivation _activation;
    private readonly StepRunner _steps;
    private readonly RecorderShard _shard;
    private readonly EngineClock _clock;
    private readonly EngineLog _log;
    private CompiledScope? _scope;
    private ScenarioTally _tally = null!;
    private long _started;
    private long _lag;
    private bool _isOpen;
    private long _own;

    /// <summary>A user that has done nothing yet.</summary>
    /// <param name="scopes">The scenarios, in the order of the worker's plan.</param>
    /// <param name="session">Its connections; owned.</param>
    /// <param name="activation">Its variables.</param>
    /// <param name="shard">Where it records.</param>
    /// <param name="gauges">Where gauges are recorded.</param>
    /// <param name="clock">Time.</param>
    /// <param name="log">Where trouble is said.</param>
    /// <param name="choices">How many choices the test has.</param>
    public VirtualUser(
        IReadOnlyList<CompiledScope> scopes, HttpSession session, VuActivation activation, RecorderShard shard, RecorderShard gauges, EngineClock clock, EngineLog log, int choices)
    {
        (_scopes, _session, _activation, _shard, _clock, _log) = (scopes, session, activation, shard, clock, log);
        _steps = new StepRunner(session, activation, shard, gauges, clock, log, choices, this);
    }

    public ValueTask<StepsEnd> RunAsync(Iteration iteration, CancellationToken interrupt)
    {
        var scope = _scopes[iteration.Scenario];
        if (!ReferenceEquals(scope, _scope)) Enter(scope);
        _activation.BeginIteration(iteration.Number, _own++);
        (_started, _tally, _isOpen) = (_clock.Now, iteration.Tally, iteration.IntendedAt is not null);
        _lag = iteration.IntendedAt is { } intended ? Math.Max(0, _started - intended) : 0;
        return _steps.RunAsync(scope, scope.Mix.Pick(iteration.Number), iteration.Number, _lag, interrupt);
    }

    void IIterationEvents.Over(StepsEnd end)
    {
        Record(_scope!, end, _clock.Now - _started);
        _session.EndIteration();
        _tally.End(end);
    }

    void IIterationEvents.Broken(Exception defect)
    {
        _log.Broken(_scope!.Name, defect);
        _activation.Fail("", $"a defect of this program, please report it: {defect.GetType().Name}: {defect.Message}");
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private void Enter(CompiledScope scope)
    {
        (_scope, _own) = (scope, 0);
        _activation.BeginScope(scope);
    }

    private void Record(CompiledScope scope, StepsEnd end, long duration)
    {
        var bytes = _session.TakeTransferred();
        lock (_shard.Gate)
        {
            var series = _shard.ScopeLocked(scope);
            series.DataSent.Add(bytes.Sent);
            series.DataReceived.Add(bytes.Received);
            if (_isOpen) series.SendLag.RecordNanoseconds(_lag);
            if (end >= StepsEnd.Aborted)
            {
                series.Interrupted.Add(1);
                return;
            }

            series.Iterations.Add(1);
            series.IterationDuration.RecordNanoseconds(duration);
            if (end != StepsEnd.Failed) return;
            series.Errors.Add(1);
            if (_activation.Error is { } error) series.TestErrorsLocked(error with { Message = Short(scope.Secrets.Mask(error.Message)) }).Add(1);
        }
    }

    // Masked first: half a secret is one, too.
    private static string Short(string message) => message.Length <= MostOfMessage ? message : message[..MostOfMessage] + "…";
}
