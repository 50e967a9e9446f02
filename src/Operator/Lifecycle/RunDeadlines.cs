using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>How long a run may stay where it is. Every phase has one, so time alone ends every run.</summary>
public sealed record RunDeadlines
{
    /// <summary>Waiting for other runs of the test.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a failing image pull, a full cluster or a refusal may last: each may pass by itself.</summary>
    public TimeSpan Obstacle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>From the begin of Preparing until every runner is ready.</summary>
    public TimeSpan Ready { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Added to <see cref="Ready"/> for setup.</summary>
    public TimeSpan Setup { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The same for a test that has wishes of its own. Time for obstacles is time before runners can be ready, so it is added to that unless the test says
    /// both.
    /// </summary>
    public RunDeadlines With(DeadlinesSpec test)
    {
        var obstacle = test.Obstacle?.ToTimeSpan() ?? Obstacle;
        return this with
        {
            Queue = test.Queue?.ToTimeSpan() ?? Queue,
            Obstacle = obstacle,
            Ready = test.Ready?.ToTimeSpan() ?? (obstacle > Obstacle ? Ready + obstacle - Obstacle : Ready),
            Setup = test.Setup?.ToTimeSpan() ?? Setup,
            Evaluate = test.Evaluate?.ToTimeSpan() ?? Evaluate,
        };
    }

    /// <summary>What jobs add to the time of the part that they stand in: each may wait for a node and an image as long as a runner, and then run.</summary>
    public TimeSpan Of(JobTimes jobs) => (jobs.Count * Ready) + jobs.Timeouts;

    /// <summary>From the decision to start until T0; has to cover posting it to every runner.</summary>
    public TimeSpan StartLead { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a started runner is lost.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a pass waits for runners' answers; a later one, up to <see cref="Silence"/>, counts in a later pass.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a runner of the same index is replaced: what kills three will kill a fourth.</summary>
    public int Replacements { get; init; } = 3;

    /// <summary>Added to the plan's longest duration.</summary>
    public TimeSpan RunGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the end of the load until the verdict, with verify and teardown.</summary>
    public TimeSpan Evaluate { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long iterations in flight may go on after the load was stopped early; then they are cut off, so that an abort stops within 5 s.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a run that is not finished is looked at: the heartbeat.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(1);
}
