using LoadTesting.Metrics.Exposition;

namespace LoadTesting.Metrics.Tests.Exposition;

/// <summary>Scrapes that carry what has changed: whatever is lost, repeated or forgotten between, the follower has the runner's snapshot or says that it has none.</summary>
public class FollowerTests
{
    [Fact]
    public void What_changed_makes_the_whole_again_whatever_gets_lost_on_the_way() => Build.ForAllSeeds(random =>
    {
        var (recorder, history, follower) = (new WorkerRecorder(), new SnapshotHistory(), new SnapshotFollower(new SeriesPool()));
        for (var sequence = 1; sequence < 12; sequence++)
        {
            if (random.Next(4) > 0) Build.RecordSome(random, new WorkerRecorder(), recorder);
            if (random.Next(4) == 0) recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(random.Next(10));
            var taken = new WorkerSnapshot(3, sequence, sequence * 1000, sequence == 11, recorder.TakeSnapshot(), 1);
            // Answers get lost, and somebody else asks, too.
            for (var others = random.Next(3); others > 0; others--) history.Write(taken, random.Next(2) == 0 ? follower.Known : null);
            if (random.Next(3) == 0) continue;
            var read = follower.Read(history.Write(taken, follower.Known));
            Assert.True(read.IsOk, read.Error);
            Assert.Equal(taken, read.Snapshot);
            Assert.Equal(taken, follower.Read(history.Write(taken, follower.Known)).Snapshot);
        }

        return true;
    });

    [Fact]
    public void Another_process_with_the_same_sequence_is_not_taken_for_the_first()
    {
        var (first, second, follower) = (new SnapshotHistory(), new SnapshotHistory(), new SnapshotFollower());
        Assert.True(follower.Read(first.Write(Of(1, 1.5, 2.5), null)).IsOk);
        // Asked with what only the first process knows, the second tells everything.
        Assert.Equal(Of(1, 9.5), follower.Read(second.Write(Of(1, 9.5), follower.Known)).Snapshot);
        // And an answer that is relative to another process' snapshot is refused, and the next one is asked for as a whole.
        first.Write(Of(1, 1.5, 2.5), null);
        var stray = new SnapshotFollower();
        stray.Read(first.Write(Of(1, 1.5, 2.5), null));
        var relative = first.Write(Of(2, 1.5, 2.5, 3.5), stray.Known);
        Assert.Contains("relative to a snapshot that is not here", follower.Read(relative).Error, StringComparison.Ordinal);
        Assert.Null(follower.Known);
        Assert.Equal(Of(2, 9.5, 9.5), follower.Read(second.Write(Of(2, 9.5, 9.5), follower.Known)).Snapshot);
    }

    [Fact]
    public void Runners_of_the_version_before_overflow_buckets_are_still_read()
    {
        var (history, follower) = (new SnapshotHistory(), new SnapshotFollower());
        Assert.Equal(Of(1, 1.5), follower.Read(AsVersion2(history.Write(Of(1, 1.5), null))).Snapshot);
        Assert.Equal(Of(2, 1.5, 2.5), follower.Read(AsVersion2(history.Write(Of(2, 1.5, 2.5), follower.Known))).Snapshot);

        // Without observations in the overflow bucket the two versions differ in their first bytes only.
        static byte[] AsVersion2(byte[] bytes) => [.. "LTS2"u8, .. bytes[4..]];
    }

    [Fact]
    public void A_base_that_is_forgotten_costs_bytes_and_nothing_else()
    {
        var (history, follower) = (new SnapshotHistory(), new SnapshotFollower());
        follower.Read(history.Write(Of(1, 1.5), null));
        for (var sequence = 2; sequence < 10; sequence++) history.Write(Of(sequence, 1.5), null);
        Assert.Equal(Of(10, 1.5, 2.5), follower.Read(history.Write(Of(10, 1.5, 2.5), follower.Known)).Snapshot);
    }

    [Fact]
    public void Counts_that_went_down_and_series_that_are_gone_come_as_a_whole()
    {
        var (history, follower) = (new SnapshotHistory(), new SnapshotFollower());
        follower.Read(history.Write(Of(1, 1.5, 2.5, 2.5), null));
        Assert.Equal(Of(2, 2.5), follower.Read(history.Write(Of(2, 2.5), follower.Known)).Snapshot);
        var nothing = new WorkerSnapshot(0, 3, 0, false, Snapshot.Empty);
        Assert.Equal(nothing, follower.Read(history.Write(nothing, follower.Known)).Snapshot);
        Assert.Equal(Of(4, 7.5), follower.Read(history.Write(Of(4, 7.5), follower.Known)).Snapshot);
    }

    [Fact]
    public void A_second_of_load_costs_less_than_a_byte_for_each_bucket_that_changed()
    {
        var random = new Random(7);
        var recorder = new WorkerRecorder();
        var trends = Enumerable.Range(0, 50).Select(i => recorder.Trend(BuiltInMetrics.HttpReqDuration, TagSet.Of(("name", $"request {i}")))).ToList();
        Load(20_000);
        var (history, follower) = (new SnapshotHistory(), new SnapshotFollower());
        var whole = history.Write(new(0, 1, 0, false, recorder.TakeSnapshot()), null);
        follower.Read(whole);
        Load(200);
        var after = new WorkerSnapshot(0, 2, 0, false, recorder.TakeSnapshot());
        var relative = history.Write(after, follower.Known);
        Assert.Equal(after, follower.Read(relative).Snapshot);
        // 50 series, some 180 of 1,500 buckets each, some 40 bytes of sum and extremes.
        Assert.InRange(relative.Length, 1, 50 * 205);
        Assert.InRange(whole.Length, relative.Length, 50 * 1700);

        void Load(int samples)
        {
            foreach (var trend in trends)
            {
                for (var i = 0; i < samples; i++) trend.Record(0.001 * Math.Exp(random.NextDouble() * 4));
            }
        }
    }

    [Fact]
    public void Damaged_answers_never_throw_and_what_is_accepted_can_be_written_again() => Build.ForAllSeeds(random =>
    {
        var (recorder, history) = (new WorkerRecorder(), new SnapshotHistory());
        Build.RecordSome(random, new WorkerRecorder(), recorder);
        var first = history.Write(new(0, 1, 0, false, recorder.TakeSnapshot()), null);
        var known = Following(first).Known;
        Build.RecordSome(random, new WorkerRecorder(), recorder);
        var second = history.Write(new(0, 2, 0, false, recorder.TakeSnapshot()), known);
        for (var i = 0; i < 20; i++)
        {
            var damaged = second.AsSpan(0, random.Next(3) == 0 ? random.Next(second.Length) : second.Length).ToArray();
            for (var hits = random.Next(1, 4); hits > 0 && damaged.Length > 0; hits--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (Following(first).Read(damaged) is not { IsOk: true } read) continue;
            Assert.Equal(read.Snapshot, ExpositionReader.Read(ExpositionWriter.Write(read.Snapshot, ExpositionFormat.Compact), ExpositionFormat.Compact).Snapshot);
        }

        return true;
    });

    private static SnapshotFollower Following(byte[] first)
    {
        var follower = new SnapshotFollower();
        Assert.True(follower.Read(first).IsOk);
        return follower;
    }

    private static WorkerSnapshot Of(long sequence, params double[] values)
    {
        var recorder = new WorkerRecorder();
        foreach (var value in values) recorder.Trend(Build.Plain, TagSet.Empty).Record(value);
        return new(0, sequence, 0, false, recorder.TakeSnapshot());
    }
}
