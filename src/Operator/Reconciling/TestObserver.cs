using System.Globalization;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Reconciling;

/// <summary>Puts what is known of a test and its runs into one <see cref="TestObservation"/>. Pure.</summary>
internal static class TestObserver
{
    /// <summary>The observation.</summary>
    /// <param name="test">The test as known.</param>
    /// <param name="spec">Its spec; null when it is not valid.</param>
    /// <param name="runs">All runs that name it, oldest first.</param>
    public static TestObservation Observe(LoadTest test, LoadTestSpec? spec, IReadOnlyList<LoadTestRun> runs)
    {
        var history = spec?.History ?? new HistorySpec();
        return new TestObservation(SpecDigest.Of(test.Spec), [.. runs.Select(r => Known(r, test))])
        {
            Handled = Handled(test),
            Generation = test.Metadata.Generation ?? 0,
            Rerun = SpecDigest.Rerun(test),
            IsValid = spec is not null,
            IsSuspended = spec?.Suspend ?? false,
            Replaces = spec?.OnChange == ChangePolicy.Replace,
            IsDeleted = test.Metadata.DeletionTimestamp is not null,
            KeepPassed = history.Passed,
            KeepOthers = history.Failed,
        };
    }

    /// <summary>The number of a run that the operator made for this test; null for every other, also for a copy of one under another name.</summary>
    public static long? SequenceOf(LoadTestRun run, LoadTest test)
    {
        if (!Ownership.IsOf(test, run))
        {
            return null;
        }

        if (run.Metadata.Annotations.TryGetValue(Labels.Sequence, out var text))
        {
            return Number(text) is { } sequence && run.Metadata.Name == Names.Run(test.Metadata.Name!, test.Metadata.Uid!, sequence) ? sequence : null;
        }

        return run.Metadata.Annotations.ContainsKey(Labels.Cause) ? 0 : null;
    }

    private static TestCause? Handled(LoadTest test)
    {
        if (test.Status.Bookkeeping is not { Cause: { } spec } book || (book.Uid is not null && book.Uid != test.Metadata.Uid))
        {
            return null;
        }

        // Before sequences one digest held spec and rerun annotation; the run that was made for it is not made again.
        return book.Sequence is { } sequence ? new TestCause(sequence, spec, book.Rerun, book.Started ?? false)
            : spec == SpecDigest.Legacy(test) ? new TestCause(0, SpecDigest.Of(test.Spec), SpecDigest.Rerun(test), IsStarted: true)
            : new TestCause(0, spec, null, IsStarted: true);
    }

    private static KnownRun Known(LoadTestRun run, LoadTest test) => new(
        run.Metadata.Name!,
        SequenceOf(run, test),
        // What it was made with counts: a server without rules lets everybody write something else there later.
        run.Status.Bookkeeping?.Cause ?? (run.Spec.Snapshot is null ? null : SpecDigest.Of(run.Spec)),
        Ownership.IsOf(test, run),
        run.Status.Phase == RunPhase.Finished,
        run.Status.Verdict == nameof(Verdict.Passed))
    {
        Generation = Number(run.Metadata.Annotations.GetValueOrDefault(Labels.Generation)),
        Rerun = run.Metadata.Annotations.GetValueOrDefault(Labels.RerunOf),
        AbortAsked = run.Spec.Abort,
    };

    /// <summary>A number from 0 as annotations hold it; null for anything else.</summary>
    public static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
