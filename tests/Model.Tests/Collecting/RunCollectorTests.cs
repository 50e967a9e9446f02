using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Collecting;

public sealed class RunCollectorTests
{
    private const int Rate = 10;

    private static readonly LoadTestSpec Spec = new()
    {
        Scenarios = new OrderedMap<ScenarioSpec>([new("load", new ConstantArrivalRateScenario
        {
            Rate = Rate,
            Duration = Duration.FromSeconds(10),
            PreAllocatedVUs = 5,
            MaxVUs = 5,
        })]),
        Thresholds = new OrderedMap<IReadOnlyList<ThresholdSpec>>([new("http_req_duration", [new ThresholdSpec("p(95)<500")])]),
    };

    [Fact]
    public void However_samples_are_split_over_workers_and_rounds_the_judgement_is_that_of_one_worker()
    {
        var runs =
            from workers in Gen.Choose(1, 6)
            from samples in Gen.Choose(1, 2_000).Select(ms => ms / 1000.0).ListOf(100)
            from owners in Gen.Choose(0, workers - 1).ListOf(100)
            from rounds in Gen.Choose(1, 5)
            select (workers, samples: samples.ToList(), owners: owners.ToList(), rounds);
        Prop.ForAll(runs.ToArbitrary(), run =>
        {
            var one = Collect(1, run.samples, [.. run.samples.Select(_ => 0)], 1);
            var many = Collect(run.workers, run.samples, run.owners, run.rounds);
            Assert.Equal(one.Decision, many.Decision);
            Assert.Equal(one.Evidence.Thresholds[0], many.Evidence.Thresholds[0]);
            Assert.Equivalent(one.Evidence.Scenarios, many.Evidence.Scenarios, strict: true);
            Assert.Equal(one.Evidence.Measured, many.Evidence.Measured);
            Assert.Equal(run.samples.Count(s => Kind(s) == 0), one.Evidence.Scenarios[0].TestErrors);
            Assert.Equal(run.samples.Count(s => Kind(s) == 1), one.Evidence.Scenarios[0].Unanswered);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_snapshot_that_comes_twice_or_late_counts_once()
    {
        var collector = NewCollector(1);
        var recorder = new WorkerRecorder();
        Complete(recorder, 0.1);
        var early = new WorkerSnapshot(0, 1, 1_000_000_000, false, recorder.TakeSnapshot());
        Complete(recorder, 0.2);
        var late = new WorkerSnapshot(0, 2, 2_000_000_000, false, recorder.TakeSnapshot());
        Assert.Equal(OfferResult.Accepted, collector.Offer(late));
        Assert.Equal(OfferResult.NotNewer, collector.Offer(early));
        Assert.Equal(OfferResult.NotNewer, collector.Offer(late));
        Assert.Equal(2, ScenarioDeliveries.Of(Spec, collector.Total)[0].Completed);
    }

    [Theory]
    [InlineData(null, Verdict.Aborted, "AbortedByTest")]
    [InlineData(StopCause.Threshold, Verdict.Aborted, "AbortedByTest")]
    [InlineData(StopCause.User, Verdict.Aborted, "AbortedByUser")]
    public void A_worker_whose_test_ended_the_run_is_heard_whatever_the_host_knows(StopCause? cause, Verdict verdict, string reason)
    {
        var collector = NewCollector(2);
        Assert.Null(collector.AbortReason);
        var recorder = new WorkerRecorder();
        Complete(recorder, 0.1);
        recorder.Counter(BuiltInMetrics.TestAborts, TagSet.Of(("reason", "the shop is closed"))).Add(1);
        collector.Offer(new WorkerSnapshot(1, 1, 2_000_000_000, true, recorder.TakeSnapshot()));
        Assert.Equal("the shop is closed", collector.AbortReason);
        var stop = cause is { } known ? new RunStop(known, Duration.FromSeconds(2)) : null;
        var (evidence, decision) = collector.Finish(collector.EndLoad(), new RunEvidence { Stop = stop });
        Assert.Equal((verdict, reason), (decision.Verdict, decision.Reason));
        Assert.Equal(Duration.FromSeconds(2), evidence.Stop!.After);
    }

    private static RunCollector NewCollector(int workers)
    {
        var problems = new List<Problem>();
        var thresholds = ThresholdRules.Compile(Spec, "spec.thresholds", problems);
        Assert.Empty(problems);
        return new RunCollector(Spec, thresholds, workers);
    }

    private static (RunEvidence Evidence, VerdictDecision Decision) Collect(int workers, List<double> samples, List<int> owners, int rounds)
    {
        var collector = NewCollector(workers);
        var recorders = Enumerable.Range(0, workers).Select(_ => new WorkerRecorder()).ToList();
        var sequence = 0;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < samples.Count; i++)
            {
                if (i * rounds / samples.Count == round)
                {
                    Complete(recorders[owners[i]], samples[i]);
                }
            }

            sequence++;
            var final = round == rounds - 1;
            var at = final ? 10_000_000_000 : (round + 1) * 1_000_000_000L;
            for (var w = 0; w < workers; w++)
            {
                // As it comes from a runner: the desk writes and reads, too.
                var format = w % 2 == 0 ? ExpositionFormat.Protobuf : ExpositionFormat.Compact;
                var written = ExpositionWriter.Write(new WorkerSnapshot(w, sequence, at, final, recorders[w].TakeSnapshot()), format);
                collector.Offer(ExpositionReader.Read(written, format).Snapshot!);
            }

            collector.Tick(new Duration(at));
        }

        return collector.Finish(collector.EndLoad(), new RunEvidence());
    }

    // What became of the iteration and its request.
    private static int Kind(double seconds) => (int)Math.Round(seconds * 1000) % 7;

    private static void Complete(WorkerRecorder recorder, double seconds)
    {
        var tags = TagSet.Of(("scenario", "load"));
        recorder.Counter(BuiltInMetrics.Iterations, tags).Add(1);
        switch (Kind(seconds))
        {
            case 0:
                recorder.Counter(BuiltInMetrics.TestErrors, tags.With("at", "spec.flows.f[0].request.url").With("error", $"no such key '{(int)(seconds * 3)}'")).Add(1);
                return;
            case 1:
                recorder.Counter(BuiltInMetrics.RequestsUnanswered, tags.With("error", "dial: connection refused").With("error_code", "1212")).Add(1);
                return;
            case 2:
                recorder.Counter(BuiltInMetrics.RequestsUnsent, tags.With("error", "lookup: no such host").With("error_code", "1101")).Add(1);
                return;
            default:
                recorder.Counter(BuiltInMetrics.RequestsAnswered, tags).Add(1);
                recorder.Trend(BuiltInMetrics.HttpReqDuration, tags).Record(seconds);
                return;
        }
    }
}
