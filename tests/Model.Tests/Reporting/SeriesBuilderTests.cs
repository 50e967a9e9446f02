using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Tests.Judging;

namespace LoadTesting.Model.Tests.Reporting;

public sealed class SeriesBuilderTests
{
    [Fact]
    public void Each_second_has_what_was_sampled_in_it()
    {
        var (series, samples) = (new SeriesBuilder(), new Samples());
        samples.Count(BuiltInMetrics.HttpReqs, 10).Rate(BuiltInMetrics.HttpReqFailed, 1, 10).Trend(BuiltInMetrics.HttpReqDuration, "", 5, 5, 5).Count(BuiltInMetrics.Iterations, 9)
            .Count(BuiltInMetrics.DataReceived, 1000).Count(BuiltInMetrics.DataSent, 200).Gauge(BuiltInMetrics.Vus, 3).Trend(BuiltInMetrics.SendLag, "", 0.5);
        series.Add(Duration.FromSeconds(1.02), samples.Snapshot);
        samples.Count(BuiltInMetrics.HttpReqs, 20).Rate(BuiltInMetrics.HttpReqFailed, 0, 20).Trend(BuiltInMetrics.HttpReqDuration, "", 80).Gauge(BuiltInMetrics.Vus, 7).Count(BuiltInMetrics.DroppedIterations, 2);
        series.Add(Duration.FromSeconds(1.98), samples.Snapshot);
        Assert.Equal(
            [
                new SeriesPoint { Second = 0, Requests = 10, Rate = 10, Failed = 1, ErrorRate = 0.1, P50 = 5, P95 = 5, P99 = 5, Vus = 3, Iterations = 9, SendLagP99 = 0.5, BytesReceived = 1000, BytesSent = 200 },
                new SeriesPoint { Second = 1, Requests = 20, Rate = 20, ErrorRate = 0, P50 = series.Points[1].P50, P95 = series.Points[1].P95, P99 = series.Points[1].P99, Vus = 7, Dropped = 2 },
            ],
            series.Points);
        Assert.InRange(series.Points[1].P50!.Value, 80 * 0.9985, 80 * 1.0015);
    }

    [Fact]
    public void A_tick_that_comes_too_early_waits_for_the_next()
    {
        var series = Counted((1.0, 10), (1.3, 12), (2.0, 25));
        Assert.Equal([10L, 15], series.Points.Select(p => p.Requests));
    }

    [Fact]
    public void Missed_ticks_share_the_gap_and_say_so()
    {
        var series = Counted((1.0, 10), (4.1, 20));
        Assert.Equal([10L, 3, 3, 4], series.Points.Select(p => p.Requests));
        Assert.Equal([false, true, true, true], series.Points.Select(p => p.Estimated));
        Assert.Equal([0, 1, 2, 3], series.Points.Select(p => p.Second));
    }

    [Fact]
    public void What_was_sampled_before_the_start_is_in_no_second()
    {
        var series = Counted((-0.5, 2), (0, 3), (1.0, 10));
        Assert.Equal([7L], series.Points.Select(p => p.Requests));
    }

    [Fact]
    public void The_last_second_may_be_a_part_of_one()
    {
        var series = Counted((1.0, 10));
        series.Finish(Duration.FromSeconds(1.5), Requests(15));
        Assert.Equal([(10L, 10.0), (5, 10)], series.Points.Select(p => (p.Requests, p.Rate)));
    }

    [Fact]
    public void A_rest_too_short_for_a_rate_belongs_to_the_second_before()
    {
        var series = Counted((1.0, 10), (2.0, 20));
        series.Finish(Duration.FromSeconds(2.05), Requests(23));
        Assert.Equal([10L, 13], series.Points.Select(p => p.Requests));
    }

    [Fact]
    public void A_run_shorter_than_its_first_tick_has_one_point()
    {
        var series = new SeriesBuilder();
        series.Finish(Duration.FromSeconds(0.02), Requests(4));
        Assert.Equal((4L, 200.0), (Assert.Single(series.Points).Requests, series.Points[0].Rate));
        var none = new SeriesBuilder();
        none.Finish(Duration.Zero, Snapshot.Empty);
        Assert.Empty(none.Points);
    }

    [Fact]
    public void After_the_end_nothing_more_is_taken()
    {
        var series = Counted((1.0, 10));
        series.Finish(Duration.FromSeconds(1), Requests(10));
        series.Add(Duration.FromSeconds(9), Requests(99));
        series.Finish(Duration.FromSeconds(9), Requests(99));
        Assert.Equal(10, Assert.Single(series.Points).Requests);
    }

    [Fact]
    public void Whenever_ticks_come_the_points_are_whole_and_sum_to_the_total()
    {
        var ticks = from gaps in Gen.Choose(1, 3500).ListOf()
                    from amounts in Gen.Choose(0, 50).ListOf(gaps.Count)
                    from rest in Gen.Choose(0, 2500)
                    from late in Gen.Choose(0, 20)
                    select (Gaps: gaps, Amounts: amounts, Remainder: rest, Late: late);
        Prop.ForAll(ticks.ToArbitrary(), t =>
        {
            var (series, at, total) = (new SeriesBuilder(), 0, 0);
            foreach (var (gap, amount) in t.Gaps.Zip(t.Amounts))
            {
                (at, total) = (at + gap, total + amount);
                series.Add(Duration.FromMilliseconds(at), Requests(total));
            }

            series.Finish(Duration.FromMilliseconds(at + t.Remainder), Requests(total + t.Late));
            return series.Points.Sum(p => p.Requests) == total + t.Late
                && series.Points.Select(p => p.Second).SequenceEqual(Enumerable.Range(0, series.Points.Count))
                && series.Points.All(p => p.Requests >= 0 && double.IsFinite(p.Rate));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static SeriesBuilder Counted(params (double Offset, int Total)[] ticks)
    {
        var series = new SeriesBuilder();
        foreach (var (offset, total) in ticks)
        {
            series.Add(new Duration((long)(offset * 1e9)), Requests(total));
        }

        return series;
    }

    private static Snapshot Requests(int total) => new Samples().Count(BuiltInMetrics.HttpReqs, total).Snapshot;
}
