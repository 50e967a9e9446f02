using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Observing;

public sealed class ObservationLogTests
{
    private static readonly LoadTestSpec Spec = new()
    {
        Observe = new ObserveSpec
        {
            Pods = new ObservedPods { Selector = new PodSelector { MatchLabels = new([new("app", "shop")]) } },
            Prometheus = [new ObservedQuery { Name = "heap", Url = "http://p", Query = "x", Interval = Duration.FromSeconds(5), Unit = ObservedUnit.Bytes }],
        },
    };

    private static readonly MetricDefinition Heap = new("heap", MetricType.Trend, MetricUnit.Data);

    [Theory]
    [InlineData(0.5, false, -1, -1)]
    [InlineData(1, false, 0, 0)]
    [InlineData(5.9, false, 0, 0)]
    [InlineData(6, false, 0, 1)]
    [InlineData(0, true, 0, 0)]
    [InlineData(5, true, 0, 1)]
    [InlineData(9_999, true, 0, 999)]
    public void Instants_are_due_a_second_after_they_were_and_at_once_when_the_load_is_over(double load, bool isOver, int from, int to) =>
        Assert.Equal(from < 0 ? [] : [new QueryDue("heap", from, to)], new ObservationLog(Spec).Due(Duration.FromSeconds(load), isOver));

    [Fact]
    public void However_often_and_in_whatever_pieces_it_is_asked_the_samples_are_the_same()
    {
        var cases =
            from values in Gen.Choose(-50, 50).Select(v => v < -40 ? double.NaN : v).NonEmptyListOf()
            from steps in Gen.Choose(0, 2 * 10).ListOf(60)
            select (values: values.ToList(), steps: steps.ToList());
        Prop.ForAll(cases.ToArbitrary(), run =>
        {
            var last = run.values.Count - 1;
            var load = Duration.FromSeconds(5 * last);
            var (whole, pieces) = (new ObservationLog(Spec), new ObservationLog(Spec));
            whole.Take(Answer(run.values, 0, last));
            foreach (var step in run.steps)
            {
                // Failures, repetitions and answers to questions of long ago come in between.
                pieces.Take(QueryAnswer.Failed(new QueryDue("heap", 0, last), "away"));
                if (pieces.Due(load, isOver: true) is [var due])
                {
                    pieces.Take(Answer(run.values, Math.Max(0, due.From - (step % 3)), Math.Min(due.To, due.From + step)));
                }
            }

            foreach (var due in Enumerable.Range(0, last + 1).SelectMany(_ => pieces.Due(load, isOver: true)))
            {
                pieces.Take(Answer(run.values, due.From, due.To));
            }

            Assert.Empty(pieces.Due(load, isOver: true));
            Assert.Equal(whole.Snapshot, pieces.Snapshot);
            Assert.Equal(whole.Gap(Heap, load)!.Share, pieces.Gap(Heap, load)!.Share);
            Assert.Equal(whole.Queries[0].Points, pieces.Queries[0].Points);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_gap_tells_silence_from_emptiness()
    {
        var load = Duration.FromSeconds(45);
        var log = new ObservationLog(Spec);
        Assert.Equal((1, 1), (log.Gap(Heap, load)!.Share, log.Gap(Heap, load)!.Failed));

        // 10 instants: of the first 4 one has no number and one has two; the others were never answered.
        log.Take(new QueryAnswer("heap", 0, 3, [new(0, 1), new(1, 2)]) { Ambiguous = 1, Note = "2 series at once" });
        log.Take(QueryAnswer.Failed(new QueryDue("heap", 4, 9), "connection refused"));
        var gap = log.Gap(Heap, load)!;
        Assert.Equal((0.8, 0.7, "2 of 10 samples came: connection refused"), (Math.Round(gap.Share, 6), Math.Round(gap.Failed, 6), gap.Text));

        log.Take(new QueryAnswer("heap", 4, 9, [.. Enumerable.Range(4, 6).Select(i => new ObservedValue(i, i))]));
        gap = log.Gap(Heap, load)!;
        Assert.Equal((0.2, 0.1, "8 of 10 samples came: 2 series at once"), (Math.Round(gap.Share, 6), Math.Round(gap.Failed, 6), gap.Text));
        Assert.Null(log.Gap(BuiltInMetrics.HttpReqs, load));
    }

    [Fact]
    public void Pods_that_were_never_seen_are_no_zero()
    {
        var log = new ObservationLog(Spec);
        log.PodsUnseen("no Pod matches app=shop");
        Assert.Empty(log.Snapshot.Series);
        Assert.Equal(new ObservationGap(1, 1, "no Pod matches app=shop"), log.Gap(BuiltInMetrics.TargetRestarts, Duration.FromSeconds(10)));

        for (var second = 0; second < 6; second++)
        {
            log.Take(new PodsReading(second < 3 ? 0 : 2, 0, 0, second == 3 ? 1 : 2, second == 3 ? 1 : 0));
        }

        Assert.Equal(new CounterValue(2), log.Snapshot.Select(BuiltInMetrics.TargetRestarts));
        Assert.Equal(new CounterValue(0), log.Snapshot.Select(BuiltInMetrics.TargetOomKills));
        Assert.Equal((1.0, 2.0), log.Snapshot.Select(BuiltInMetrics.TargetPodsReady) is HistogramSnapshot ready ? (ready.Min!.Value, ready.Max!.Value) : default);
        Assert.Equal(ObservationGap.None, log.Gap(BuiltInMetrics.TargetRestarts, Duration.FromSeconds(12)));
        Assert.Equal(0.5, log.Gap(BuiltInMetrics.TargetPodsReady, Duration.FromSeconds(12))!.Failed);
    }

    [Fact]
    public void Long_runs_keep_a_bounded_number_of_points()
    {
        var log = new ObservationLog(Spec);
        for (var i = 0; i < 10; i++)
        {
            log.Take(new QueryAnswer("heap", i * 1000, i * 1000 + 999, [.. Enumerable.Range(i * 1000, 1000).Select(n => new ObservedValue(n, n))]));
        }

        var report = Assert.Single(log.Queries);
        Assert.Equal((10_000, 10_000), (report.Samples, report.Answered));
        Assert.InRange(report.Points.Count, ObservationLog.MostPoints / 4, ObservationLog.MostPoints);
        Assert.All(report.Points, p => Assert.Equal(p.At, p.Value));
    }

    private static QueryAnswer Answer(List<double> values, int from, int to) =>
        new("heap", from, to, [.. Enumerable.Range(from, to - from + 1).Where(i => double.IsFinite(values[i])).Select(i => new ObservedValue(i, values[i]))]);
}
