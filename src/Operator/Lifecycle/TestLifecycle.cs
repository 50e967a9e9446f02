namespace LoadTesting.Operator.Lifecycle;

/// <summary>The next step of a test as a pure function: which run to make, which to mirror, which to forget.</summary>
public static class TestLifecycle
{
    /// <summary>
    /// Decides. A run is mirrored only when it answers the present spec: the verdict on an older one, shown under the new generation even for a moment, would open a gate.
    /// </summary>
    public static TestDecision Decide(TestObservation seen)
    {
        var current = seen.Runs.LastOrDefault(r => r.Cause == seen.Cause);
        var isAnswered = current is not null || seen.HandledCause == seen.Cause;
        var creates = !seen.IsDeleted && seen.IsValid && !seen.IsSuspended && !isAnswered;
        return new TestDecision(creates, seen.IsValid ? current?.Name : null, Forgotten(seen, current ?? (seen.Runs.Count == 0 ? null : seen.Runs[^1])))
        {
            Standing = !seen.IsValid ? TestStanding.Invalid
                : creates ? TestStanding.Starting
                : current is not null ? TestStanding.Mirrors
                : isAnswered ? TestStanding.Forgotten
                : TestStanding.Suspended,
        };
    }

    /// <summary>Finished runs beyond the limits, newest kept; the one that the test shows stays whatever they say, but it counts.</summary>
    private static IReadOnlyList<string> Forgotten(TestObservation seen, KnownRun? shown)
    {
        IEnumerable<string> Beyond(bool passed, int keep) => seen.Runs
            .Where(r => r is { IsOwned: true, IsFinished: true } && r.IsPassed == passed && r != shown)
            .Reverse()
            .Skip(Math.Max(0, keep - (shown is { IsOwned: true, IsFinished: true } && shown.IsPassed == passed ? 1 : 0)))
            .Select(r => r.Name);
        return [.. Beyond(passed: true, seen.KeepPassed), .. Beyond(passed: false, seen.KeepOthers)];
    }
}

/// <summary>Everything that the next step of a test depends on.</summary>
/// <param name="Cause">What a run of the present spec would answer.</param>
/// <param name="Runs">All runs of the test, oldest first.</param>
public sealed record TestObservation(string Cause, IReadOnlyList<KnownRun> Runs)
{
    /// <summary>The cause of the newest run that was made, from the status: it outlives the run.</summary>
    public string? HandledCause { get; init; }

    /// <summary>The spec is valid.</summary>
    public bool IsValid { get; init; } = true;

    /// <summary>spec.suspend.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>The test is being deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Passed runs to keep.</summary>
    public int KeepPassed { get; init; } = 3;

    /// <summary>Other finished runs to keep.</summary>
    public int KeepOthers { get; init; } = 10;
}

/// <summary>A run of a test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cause">What it answers; null for one made by hand that has no snapshot yet.</param>
/// <param name="IsOwned">The test owns it; one made by hand is its maker's to delete.</param>
/// <param name="IsFinished">It has a verdict.</param>
/// <param name="IsPassed">The verdict is Passed.</param>
public sealed record KnownRun(string Name, string? Cause, bool IsOwned, bool IsFinished, bool IsPassed);

/// <summary>What to do for a test.</summary>
/// <param name="CreatesRun">A run of the present spec is to be made.</param>
/// <param name="Mirrored">The run whose status the test shows; null when there is none.</param>
/// <param name="Forgotten">Runs beyond the history's limits.</param>
public sealed record TestDecision(bool CreatesRun, string? Mirrored, IReadOnlyList<string> Forgotten)
{
    /// <summary>What the test's status says.</summary>
    public TestStanding Standing { get; init; }
}

/// <summary>What a test's status says.</summary>
public enum TestStanding
{
    /// <summary>The spec has problems; nothing is run.</summary>
    Invalid,

    /// <summary>A run of the present spec is being made.</summary>
    Starting,

    /// <summary>What the newest run says.</summary>
    Mirrors,

    /// <summary>The present spec waits for suspend to be taken away.</summary>
    Suspended,

    /// <summary>The present spec was run, and that run was deleted: the status keeps what it said.</summary>
    Forgotten,
}
