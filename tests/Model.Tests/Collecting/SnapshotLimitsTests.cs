using LoadTesting.Metrics;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Collecting;

/// <summary>What a snapshot may claim.</summary>
public class SnapshotLimitsTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(0, 0, 0, 0, null)]
    [InlineData(1, 0, 30, 60, null)]
    [InlineData(2, 0, 30, 60, "worker is 2; the run has 2 runners")]
    [InlineData(int.MaxValue, 0, 30, 60, "worker")]
    [InlineData(0, 10_001, 30, 60, "incarnation is 10001; at most 10000")]
    public void Who_says_it_must_be_of_the_run(int worker, int incarnation, int offset, int elapsed, string? refused) =>
        Check(refused, new WorkerSnapshot(worker, 1, offset * Second, false, Snapshot.Empty, incarnation), elapsed, longest: 3600);

    [Theory]
    [InlineData(-5, 0, 3600, false)] // before the start
    [InlineData(30, 30, 3600, false)]
    [InlineData(629, 30, 3600, false)] // a collector whose clock is behind
    [InlineData(631, 30, 3600, true)]
    [InlineData(601, -100_000, 3600, true)] // a start that is far ahead
    [InlineData(4199, 100_000, 3600, false)]
    [InlineData(4201, 100_000, 3600, true)] // not longer than the plan, however long nobody looked
    [InlineData(9_007_199, 30, 3600, true)] // 2^53 ns
    public void Time_is_bounded_by_the_collectors_clock_and_by_the_plan(long offset, int elapsed, int longest, bool isRefused) =>
        Check(isRefused ? "offset" : null, new WorkerSnapshot(0, 1, offset * Second, true, Snapshot.Empty), elapsed, longest);

    private static void Check(string? refused, WorkerSnapshot snapshot, int elapsed, int longest)
    {
        var said = new SnapshotLimits(2, Duration.FromSeconds(elapsed), Duration.FromSeconds(longest)).Refuse(snapshot)?.ToString();
        if (refused is null)
        {
            Assert.Null(said);
        }
        else
        {
            Assert.Contains(refused, said, StringComparison.Ordinal);
        }
    }
}
