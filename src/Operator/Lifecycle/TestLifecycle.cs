namespace LoadTesting.Operator.Lifecycle;

/// <summary>
/// The next step of a test as a pure function: which run to make, which to mirror, which to stop, which to forget.
/// <para>
/// What a run answers is a <see cref="TestCause"/>: a number that only grows. It grows by one when the spec is not the one that was handled last, or when a
/// value of the rerun annotation is seen that was not handled last; it never goes back, so a spec that returns (A, B, A) is answered by a run of its own. A
/// run's name follows from the number: of two processes that would make the same number only one can, and a process that died between making the run and
/// writing the status finds its run again.
/// </para>
/// </summary>
public static class TestLifecycle
{
    /// <summary>Decides.</summary>
    public static TestDecision Decide(TestObservation seen)
    {
        var newest = seen.Runs.Where(r => r.Sequence is not null).OrderBy(r => r.Sequence).LastOrDefault();
        if (newest is { Generation: { } made } && made > seen.Generation)
        {
            // The run was made for a spec that this process has not seen yet.
            return new TestDecision(seen.Handled ?? new TestCause(0, "", null, IsStarted: false), TestStanding.Behind);
        }

        var cause = Cause(seen, newest);
        var creates = seen is { IsDeleted: false, IsValid: true, IsAllowed: true, IsSuspended: false } && !cause.IsStarted;
        while (creates && seen.Taken.Contains(cause.Sequence))
        {
            cause = cause with { Sequence = cause.Sequence + 1 };
        }

        // Both: a run of that number whose spec was changed by hand is not the test's any more.
        var current = seen.Runs.LastOrDefault(r => r.Sequence == cause.Sequence && r.Spec == cause.Spec);
        var standing = !seen.IsValid ? TestStanding.Invalid
            : creates ? TestStanding.Starting
            : current is not null ? TestStanding.Mirrors
            : cause.IsStarted ? TestStanding.Forgotten
            : !seen.IsAllowed ? TestStanding.Invalid
            : TestStanding.Suspended;
        return new TestDecision(cause with { IsStarted = cause.IsStarted || creates }, standing)
        {
            Mirrored = standing == TestStanding.Mirrors ? current!.Name : null,
            Replaced = seen is { Replaces: true, IsDeleted: false } && standing is TestStanding.Starting or TestStanding.Mirrors ? Outdated(seen, cause) : [],
            Forgotten = Forgotten(seen, current ?? newest ?? (seen.Runs.Count == 0 ? null : seen.Runs[^1])),
        };
    }

    private static TestCause Cause(TestObservation seen, KnownRun? newest)
    {
        var (last, isCertain) = (seen.Handled, true);
        if (newest is not null && (last is null || newest.Sequence > last.Sequence))
        {
            // The status does not know of this run: it could not be written, or it was lost. What happened after the run was made is not known,
            // unless it was made for this very generation.
            last = new TestCause(newest.Sequence!.Value, newest.Spec ?? "", newest.Rerun, IsStarted: true);
            isCertain = newest.Generation == seen.Generation;
        }
        else if (newest is not null && newest.Sequence == last!.Sequence)
        {
            last = last with { IsStarted = true };
        }

        // An annotation that is taken away asks for nothing, and one that comes back with the value that was handled last neither.
        var rerun = seen.Rerun ?? last?.Rerun;
        return last is not null && isCertain && last.Spec == seen.Spec && last.Rerun == rerun
            ? last
            : new TestCause((last?.Sequence ?? 0) + 1, seen.Spec, rerun, IsStarted: false);
    }

    /// <summary>
    /// The test's own runs of other specs that are not finished. A run of the same spec, which a rerun follows, is not outdated, and one made by hand is its
    /// maker's.
    /// </summary>
    private static IReadOnlyList<string> Outdated(TestObservation seen, TestCause cause) =>
        [.. seen.Runs.Where(r => r is { IsFinished: false, AbortAsked: false } && r.Sequence < cause.Sequence && r.Spec != cause.Spec).Select(r => r.Name)];

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

/// <summary>What a run of a test answers.</summary>
/// <param name="Sequence">Counts what was asked for: grows with each change of the spec that matters to a run and with each rerun, from 1.</param>
/// <param name="Spec">Digest of the spec.</param>
/// <param name="Rerun">Digest of the last value of the rerun annotation; null when there was none.</param>
/// <param name="IsStarted">A run was made for it. Not so while the spec is invalid or suspended.</param>
public sealed record TestCause(long Sequence, string Spec, string? Rerun, bool IsStarted);

/// <summary>Everything that the next step of a test depends on.</summary>
/// <param name="Spec">Digest of the present spec.</param>
/// <param name="Runs">All runs that name the test, oldest first.</param>
public sealed record TestObservation(string Spec, IReadOnlyList<KnownRun> Runs)
{
    /// <summary>What was handled last, from the status; null when the status is not this test's or was lost.</summary>
    public TestCause? Handled { get; init; }

    /// <summary>The test's generation.</summary>
    public long Generation { get; init; }

    /// <summary>Digest of the present value of the rerun annotation; null when there is none.</summary>
    public string? Rerun { get; init; }

    /// <summary>The spec is valid.</summary>
    public bool IsValid { get; init; } = true;

    /// <summary>The operator's policy lets the spec be run. A run that was made before the policy forbade it is not touched by it.</summary>
    public bool IsAllowed { get; init; } = true;

    /// <summary>spec.suspend.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>spec.onChange is replace: runs of an older spec are stopped.</summary>
    public bool Replaces { get; init; }

    /// <summary>The test is being deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Numbers whose names belong to objects that are not this test's.</summary>
    public IReadOnlyList<long> Taken { get; init; } = [];

    /// <summary>Passed runs to keep.</summary>
    public int KeepPassed { get; init; } = 3;

    /// <summary>Other finished runs to keep.</summary>
    public int KeepOthers { get; init; } = 10;
}

/// <summary>A run that names a test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sequence">Which of the test's causes it answers; null for one that the operator did not make for this test.</param>
/// <param name="Spec">Digest of what it does, its own changes included; null for one without a snapshot.</param>
/// <param name="IsOwned">The test owns it; one made by hand is its maker's to delete.</param>
/// <param name="IsFinished">It has a verdict.</param>
/// <param name="IsPassed">The verdict is Passed.</param>
public sealed record KnownRun(string Name, long? Sequence, string? Spec, bool IsOwned, bool IsFinished, bool IsPassed)
{
    /// <summary>The generation that it was made for.</summary>
    public long? Generation { get; init; }

    /// <summary>Digest of the last value of the rerun annotation when it was made.</summary>
    public string? Rerun { get; init; }

    /// <summary>spec.abort.</summary>
    public bool AbortAsked { get; init; }
}

/// <summary>What to do for a test.</summary>
/// <param name="Handled">What is handled with this decision; goes into the status.</param>
/// <param name="Standing">What the test's status says.</param>
public sealed record TestDecision(TestCause Handled, TestStanding Standing)
{
    /// <summary>A run of the present spec is to be made.</summary>
    public bool CreatesRun => Standing == TestStanding.Starting;

    /// <summary>The run whose status the test shows; null when there is none.</summary>
    public string? Mirrored { get; init; }

    /// <summary>Runs of older specs that are to be stopped.</summary>
    public IReadOnlyList<string> Replaced { get; init; } = [];

    /// <summary>Runs beyond the history's limits.</summary>
    public IReadOnlyList<string> Forgotten { get; init; } = [];
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

    /// <summary>The present spec was run, and that run was deleted: its verdict stays, if it had one.</summary>
    Forgotten,

    /// <summary>Nothing: a run tells of a newer generation than the one that is known here.</summary>
    Behind,
}
