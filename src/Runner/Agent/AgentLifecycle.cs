using LoadTesting.Model.Contract;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// The agent's state, and what a verb does in it: a table without I/O. Thread-safe.
/// <code>
/// preparing → ready → armed → running → finished → acknowledged
///                       │        ├──→ stopping ──↗
///                       │        └──→ (SIGTERM) stopping → terminated → acknowledged
///                       └─ (stop before T0) ─────→ finished
/// </code>
/// Every verb may be repeated: the answer is the same and nothing happens twice, because a client whose connection broke cannot know.
/// </summary>
internal sealed class AgentLifecycle
{
    private readonly Lock _lock = new();
    private string _state = AgentStates.Preparing;
    private DateTimeOffset? _startAt;
    private string? _failure;
    private bool _isTerminated;

    /// <summary>One of <see cref="AgentStates"/>.</summary>
    public string State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Why the preparation failed; null when it did not.</summary>
    public string? Failure
    {
        get
        {
            lock (_lock)
            {
                return _failure;
            }
        }
    }

    /// <summary>The agreed start; null before it was posted.</summary>
    public DateTimeOffset? StartAt
    {
        get
        {
            lock (_lock)
            {
                return _startAt;
            }
        }
    }

    /// <summary>The preparation is over.</summary>
    public void Prepared() => Move(AgentStates.Preparing, AgentStates.Ready);

    /// <summary>The preparation failed: the agent stays alive to say so and never becomes ready.</summary>
    public void FailedToPrepare(string message)
    {
        lock (_lock)
        {
            _failure = message;
        }
    }

    /// <summary>T0 has come.</summary>
    public void Started() => Move(AgentStates.Armed, AgentStates.Running);

    /// <summary>The load has ended, by itself, after a stop or after SIGTERM.</summary>
    public void Finished()
    {
        lock (_lock)
        {
            if (_state is AgentStates.Armed or AgentStates.Running or AgentStates.Stopping)
            {
                _state = _isTerminated ? AgentStates.Terminated : AgentStates.Finished;
            }
        }
    }

    /// <summary>Verb start.</summary>
    public VerbOutcome Start(DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_startAt is { } known)
            {
                return known == at ? VerbOutcome.Repeated : VerbOutcome.Conflict($"already started for {known:O}");
            }

            if (_state != AgentStates.Ready)
            {
                return VerbOutcome.Conflict(_failure ?? $"not ready: {_state}");
            }

            _startAt = at;
            _state = AgentStates.Armed;
            return VerbOutcome.Done;
        }
    }

    /// <summary>Verb stop, or SIGTERM.</summary>
    /// <param name="isTermination">SIGTERM: where nobody had asked for the end before, the share is not whole.</param>
    public VerbOutcome Stop(bool isTermination = false)
    {
        lock (_lock)
        {
            switch (_state)
            {
                case AgentStates.Armed or AgentStates.Running:
                    _state = AgentStates.Stopping;
                    _isTerminated = isTermination;
                    return VerbOutcome.Done;
                case AgentStates.Preparing or AgentStates.Ready:
                    return VerbOutcome.Conflict($"nothing to stop: {_state}");
                default:
                    return VerbOutcome.Repeated;
            }
        }
    }

    /// <summary>Verb ack.</summary>
    public VerbOutcome Acknowledge()
    {
        lock (_lock)
        {
            switch (_state)
            {
                case AgentStates.Finished or AgentStates.Terminated:
                    _state = AgentStates.Acknowledged;
                    return VerbOutcome.Done;
                case AgentStates.Acknowledged:
                    return VerbOutcome.Repeated;
                default:
                    return VerbOutcome.Conflict($"no final snapshot yet: {_state}");
            }
        }
    }

    private void Move(string from, string to)
    {
        lock (_lock)
        {
            if (_state == from)
            {
                _state = to;
            }
        }
    }
}

/// <summary>What a verb did.</summary>
/// <param name="IsAccepted">Done now, or done before.</param>
/// <param name="IsNew">Done now.</param>
/// <param name="Message">Why not, where it was not accepted.</param>
internal readonly record struct VerbOutcome(bool IsAccepted, bool IsNew, string? Message)
{
    /// <summary>Done by this call.</summary>
    public static readonly VerbOutcome Done = new(true, true, null);

    /// <summary>An earlier call did it.</summary>
    public static readonly VerbOutcome Repeated = new(true, false, null);

    /// <summary>Cannot be done in this state.</summary>
    public static VerbOutcome Conflict(string message) => new(false, false, message);
}
