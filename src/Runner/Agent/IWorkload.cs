using LoadTesting.Metrics;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Agent;

/// <summary>What an agent hosts: one runner's share of a test. The engine's side of the contract that <see cref="AgentServer"/> speaks over HTTP.</summary>
internal interface IWorkload
{
    /// <summary>The plan as JSON, for people and for tests.</summary>
    string PlanJson { get; }

    /// <summary>Whether verify or teardown will still add to the measurements when the load has ended.</summary>
    bool RunsStagesAfterLoad { get; }

    /// <summary>Resolves the target, makes VUs. Throws when the share cannot be run at all.</summary>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>What the load is better for but not wrong without: compiled code. Once, after preparing.</summary>
    /// <param name="cancellation">The load begins: ends it early, soon and without an exception.</param>
    Task WarmUpAsync(CancellationToken cancellation);

    /// <summary>Runs a once-per-run stage (setup, teardown, verify).</summary>
    /// <param name="stage">Which.</param>
    /// <param name="jobs">Runs the jobs among its steps.</param>
    /// <param name="cancellation">Cuts it off.</param>
    Task<StageAnswer> RunStageAsync(string stage, IJobHost jobs, CancellationToken cancellation);

    /// <summary>Sends the load.</summary>
    /// <param name="startTimestamp">T0 as a timestamp of the injected clock; may lie ahead.</param>
    /// <param name="resume">From when on, since T0, where it takes over from a lost runner; else zero.</param>
    /// <param name="setupJson">What setup extracted, as a JSON object; null without setup.</param>
    /// <param name="stop">Stops gracefully.</param>
    /// <param name="cancellation">Interrupts at once.</param>
    Task RunAsync(long startTimestamp, TimeSpan resume, string? setupJson, CancellationToken stop, CancellationToken cancellation);

    /// <summary>Asks Prometheus servers what the test observes: at any time, as often as wanted.</summary>
    Task<IReadOnlyList<QueryAnswer>> ObserveAsync(DateTimeOffset start, IReadOnlyList<QueryDue> due, CancellationToken cancellation);

    /// <summary>Everything measured so far; final once the load has ended.</summary>
    WorkerSnapshot TakeSnapshot(bool isFinal);
}

/// <summary>How a stage ended.</summary>
/// <param name="Ok">All steps went well.</param>
/// <param name="Message">What failed; null when nothing did.</param>
/// <param name="ValuesJson">What the stage extracted, as a JSON object.</param>
internal sealed record StageAnswer(bool Ok, string? Message, string ValuesJson)
{
    /// <summary>Why it could not be carried out, one of <see cref="Model.Judging.Reasons"/>; null when its own steps failed, or none.</summary>
    public string? Reason { get; init; }

    /// <summary>The job that it has come to: not ended yet, somebody has to bring the result. Null = it has ended.</summary>
    public JobOrder? Job { get; init; }
}
