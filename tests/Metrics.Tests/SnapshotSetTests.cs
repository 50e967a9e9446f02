namespace LoadTesting.Metrics.Tests;

public class SnapshotSetTests
{
    [Fact]
    public void Offering_again_late_or_in_any_order_changes_nothing() => Build.ForAllSeeds(random =>
    {
        WorkerSnapshot[] offers = [.. Enumerable.Range(0, 12).Select(i => new WorkerSnapshot(i % 3, i, i, false, Build.Snapshot(random)))];
        var inOrder = new SnapshotSet(3);
        foreach (var offer in offers) inOrder.Offer(offer);
        var shuffled = new SnapshotSet(3);
        WorkerSnapshot[] withRepeats = [.. offers, .. offers];
        random.Shuffle(withRepeats);
        foreach (var offer in withRepeats) shuffled.Offer(offer);
        return inOrder.Total().Equals(shuffled.Total()) && inOrder.Total().Equals(Snapshot.Merge(offers[9..].Select(o => o.Snapshot)));
    });

    [Fact]
    public void A_newer_snapshot_replaces_and_an_equal_or_older_one_does_not()
    {
        var set = new SnapshotSet(2);
        Assert.Equal(OfferResult.Accepted, set.Offer(Orders(worker: 0, sequence: 5, count: 10)));
        Assert.Equal(OfferResult.NotNewer, set.Offer(Orders(worker: 0, sequence: 5, count: 99)));
        Assert.Equal(OfferResult.NotNewer, set.Offer(Orders(worker: 0, sequence: 4, count: 99)));
        Assert.Equal(OfferResult.Accepted, set.Offer(Orders(worker: 0, sequence: 6, count: 12)));
        Assert.Equal(OfferResult.UnknownWorker, set.Offer(Orders(worker: 2, sequence: 1, count: 99)));
        Assert.Equal(12, Assert.IsType<CounterValue>(set.Total().Select(Build.Orders)).Sum);
        Assert.Equal(6, set.Latest(0)!.Sequence);
        Assert.Null(set.Latest(1));
        Assert.Null(set.Latest(7));
    }

    [Fact]
    public void A_replacement_adds_to_what_its_predecessor_said_last_and_nothing_counts_twice()
    {
        var set = new SnapshotSet(2);
        set.Offer(Orders(worker: 1, sequence: 1, count: 5, isFinal: true));
        Assert.Equal(OfferResult.Accepted, set.Offer(Orders(worker: 0, sequence: 40, count: 10)));
        Assert.Equal(OfferResult.Accepted, set.Offer(Orders(worker: 0, sequence: 1, count: 3, incarnation: 1)));
        Assert.Equal(OfferResult.Superseded, set.Offer(Orders(worker: 0, sequence: 41, count: 12)));
        Assert.Equal(18, Assert.IsType<CounterValue>(set.Total().Select(Build.Orders)).Sum);
        Assert.False(set.IsComplete);
        Assert.Equal(OfferResult.Accepted, set.Offer(Orders(worker: 0, sequence: 2, count: 4, isFinal: true, incarnation: 1)));
        Assert.Equal(OfferResult.NotNewer, set.Offer(Orders(worker: 0, sequence: 1, count: 3, incarnation: 1)));
        Assert.Equal(19, Assert.IsType<CounterValue>(set.Total().Select(Build.Orders)).Sum);
        Assert.True(set.IsComplete);
        Assert.Equal(1, set.Latest(0)!.Incarnation);
    }

    [Fact]
    public void However_a_worker_falls_to_incarnations_the_total_is_that_of_all_their_samples() => Build.ForAllSeeds(random =>
    {
        var parts = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Build.Snapshot(random).WithoutGauges()).ToList();
        var set = new SnapshotSet(1);
        for (var i = 0; i < parts.Count; i++) set.Offer(new WorkerSnapshot(0, random.Next(100), 0, random.Next(2) == 0, parts[i], i));
        return set.Total().Equals(Snapshot.Merge(parts));
    });

    [Fact]
    public void It_knows_who_is_missing_and_who_is_final()
    {
        var set = new SnapshotSet(3);
        set.Offer(Orders(worker: 1, sequence: 1, count: 1));
        Assert.Equal([0, 2], set.Missing);
        Assert.Empty(set.Final);
        set.Offer(Orders(worker: 1, sequence: 2, count: 2, isFinal: true));
        Assert.Equal(OfferResult.NotNewer, set.Offer(Orders(worker: 1, sequence: 3, count: 3)));
        Assert.Equal([1], set.Final);
        Assert.False(set.IsComplete);
        set.Offer(Orders(worker: 0, sequence: 1, count: 1, isFinal: true));
        set.Offer(Orders(worker: 2, sequence: 1, count: 1, isFinal: true));
        Assert.True(set.IsComplete);
        Assert.Equal(4, Assert.IsType<CounterValue>(set.Total().Select(Build.Orders)).Sum);
    }

    [Fact]
    public void Gauges_are_summed_over_workers_and_their_extremes_are_those_of_the_sums()
    {
        var set = new SnapshotSet(2);
        set.Offer(Vus(worker: 0, sequence: 1, 50));
        set.Tick(); // worker 1 is missing: 50 is no value that the sum ever had
        Round(2, 10, 20);
        Round(3, 30, 5);
        Round(4, 0, 25);
        var vus = Assert.IsType<GaugeValue>(set.Total().Select(BuiltInMetrics.Vus));
        Assert.Equal((25, 25, 35), (vus.Current, vus.Min, vus.Max));

        void Round(int sequence, double first, double second)
        {
            set.Offer(Vus(worker: 0, sequence, first));
            set.Offer(Vus(worker: 1, sequence, second));
            set.Tick();
        }
    }

    [Fact]
    public void A_single_worker_knows_its_extremes_itself()
    {
        var recorder = new WorkerRecorder();
        foreach (var vus in (double[])[3, 9, 1, 4]) recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(vus);
        var set = new SnapshotSet(1);
        set.Offer(new(0, 1, 0, true, recorder.TakeSnapshot()));
        set.Tick();
        var gauge = Assert.IsType<GaugeValue>(set.Total().Select(BuiltInMetrics.Vus));
        Assert.Equal((4, 1, 9), (gauge.Current, gauge.Min, gauge.Max));
    }

    [Fact]
    public void Values_that_the_wire_cannot_carry_exactly_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerSnapshot(-1, 0, 0, false, Snapshot.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerSnapshot(0, -1, 0, false, Snapshot.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerSnapshot(0, (1L << 53) + 1, 0, false, Snapshot.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerSnapshot(0, 0, -(1L << 53) - 1, false, Snapshot.Empty));
    }

    private static WorkerSnapshot Orders(int worker, long sequence, double count, bool isFinal = false, int incarnation = 0)
    {
        var recorder = new WorkerRecorder();
        recorder.Counter(Build.Orders, TagSet.Empty).Add(count);
        return new(worker, sequence, 0, isFinal, recorder.TakeSnapshot(), incarnation);
    }

    private static WorkerSnapshot Vus(int worker, long sequence, double vus)
    {
        var recorder = new WorkerRecorder();
        recorder.Gauge(BuiltInMetrics.Vus, TagSet.Empty).Set(vus);
        return new(worker, sequence, 0, false, recorder.TakeSnapshot());
    }
}
