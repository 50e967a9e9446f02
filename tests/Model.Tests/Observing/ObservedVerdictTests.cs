using LoadTesting.Metrics;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Tests.Observing;

/// <summary>What was observed, and what was not, up to the verdict.</summary>
public sealed class ObservedVerdictTests
{
    private const int Seconds = 100;

    /// <summary>Key, expression, what the 21 instants of <c>heap</c> (bytes) and <c>lag</c> brought, verdict, what its sentence says.</summary>
    public static TheoryData<string, string, string, Verdict, string, string> Queries => new()
    {
        { "heap", "max<50MB", "flat", Verdict.Passed, Reasons.ThresholdsMet, "40 MB, limit 50 MB" },
        { "heap", "max<39.9MB", "flat", Verdict.Failed, Reasons.ThresholdsFailed, "40 MB, limit 39.9 MB" },
        { "drift{metric:heap}", "value<10%", "flat", Verdict.Passed, Reasons.ThresholdsMet, "limit 10%" },
        { "drift{metric:heap}", "value<10%", "growing", Verdict.Failed, Reasons.ThresholdsFailed, "limit 10%" },
        { "lag", "max<10000", "flat", Verdict.Passed, Reasons.ThresholdsMet, "limit 10000" },
        { "lag", "p(95)<10", "flat", Verdict.Failed, Reasons.ThresholdsFailed, "limit 10" },
        { "heap", "max<50MB steady", "flat", Verdict.Passed, Reasons.ThresholdsMet, "limit 50 MB" },

        // Nobody answers: Invalid, whatever the threshold allows to be absent.
        { "heap", "max<50MB", "dead", Verdict.Invalid, Reasons.TargetNotObserved, "heap (max<50MB; 0 of 21 samples came: connection refused)" },
        { "heap", "max<50MB or absent", "dead", Verdict.Invalid, Reasons.TargetNotObserved, "connection refused" },
        { "drift{metric:heap}", "value<10%", "dead", Verdict.Invalid, Reasons.TargetNotObserved, "connection refused" },

        // An empty answer is an absence, and only the author knows whether that is fine.
        { "heap", "max<50MB", "empty", Verdict.Invalid, Reasons.TargetNotObserved, "no series matches" },
        { "heap", "max<50MB or absent", "empty", Verdict.Passed, Reasons.ThresholdsMet, "which is allowed" },
        { "heap", "max<50MB", "half empty", Verdict.Invalid, Reasons.TargetNotObserved, "10 of 21 samples came: the answer is empty" },
        { "heap", "max<50MB or absent", "half empty", Verdict.Passed, Reasons.ThresholdsMet, "40 MB" },

        // A series too many is never what was meant.
        { "heap", "max<50MB or absent", "ambiguous", Verdict.Invalid, Reasons.TargetNotObserved, "2 series at once" },

        // What is seen to be broken stays so, unless the missing samples could mend it.
        { "heap", "max<30MB", "half dead", Verdict.Failed, Reasons.ThresholdsFailed, "limit 30 MB" },
        { "heap", "max<50MB", "half dead", Verdict.Invalid, Reasons.TargetNotObserved, "10 of 21 samples came: connection refused" },
        { "heap", "min>50MB", "half dead", Verdict.Failed, Reasons.ThresholdsFailed, "wanted more than 50 MB" },
        { "heap", "avg<30MB", "half dead", Verdict.Invalid, Reasons.TargetNotObserved, "10 of 21" },

        // One sample of many may be missing.
        { "heap", "max<50MB", "one missing", Verdict.Passed, Reasons.ThresholdsMet, "limit 50 MB" },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_is_judged_on_what_came_of_it(string key, string expression, string story, Verdict verdict, string reason, string says)
    {
        var collector = Run(key, expression, (log, load, isOver) =>
        {
            foreach (var due in log.Due(load, isOver))
            {
                foreach (var at in Enumerable.Range(due.From, due.To - due.From + 1))
                {
                    log.Take(Tell(story, due.Name, at));
                }
            }
        });
        var decision = collector.Finish(collector.EndLoad(), new RunEvidence()).Decision;
        Assert.Equal((verdict, reason), (decision.Verdict, decision.Reason));
        Assert.Contains(says, decision.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target_restarts", "count==0", 0, Verdict.Passed, "wanted exactly 0")]
    [InlineData("target_restarts", "count==0", 2, Verdict.Failed, "target_restarts count 2, wanted exactly 0")]
    [InlineData("target_pods_unready", "max==0", 0, Verdict.Passed, "wanted exactly 0")]
    [InlineData("target_pods_ready", "min>=3", 0, Verdict.Failed, "2, wanted at least 3")]
    [InlineData("target_restarts", "count==0", -1, Verdict.Invalid, "no Pod matches app=shop")]
    [InlineData("target_restarts", "count==0 or absent", -1, Verdict.Invalid, "no Pod matches app=shop")]
    public void Pods_are_judged_on_what_was_seen_of_them(string key, string expression, int restarts, Verdict verdict, string says)
    {
        var collector = Run(key, expression, (log, load, _) =>
        {
            log.PodsUnseen("no Pod matches app=shop");
            if (restarts >= 0) log.Take(new PodsReading(load.Seconds > 50 ? restarts : 0, 0, 0, 2, 0));
        });
        var decision = collector.Finish(collector.EndLoad(), new RunEvidence()).Decision;
        Assert.Equal(verdict, decision.Verdict);
        Assert.Contains(says, decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_a_starved_generator_nor_a_lost_runner_puts_an_observation_in_doubt()
    {
        var collector = Run("target_restarts", "count==0", (log, _, _) => log.Take(new PodsReading(1, 0, 0, 2, 0)));
        var lost = new RunEvidence { LostRunners = [new LostRunner(0, 0.9)] };
        Assert.Equal(Verdict.Failed, collector.Finish(collector.EndLoad(), lost).Decision.Verdict);

        collector = Run("slow", "max<1s", (log, load, isOver) =>
        {
            foreach (var due in log.Due(load, isOver)) log.Take(new QueryAnswer(due.Name, due.From, due.To, [.. Enumerable.Range(due.From, due.To - due.From + 1).Select(i => new ObservedValue(i, 2))]));
        });
        var (evidence, _) = collector.Finish(collector.EndLoad(), new RunEvidence());
        var threshold = Assert.Single(evidence.Thresholds);
        Assert.Equal((2000.0, "ms", false, 1.0, 1.0), (threshold.Observed!.Value, threshold.Unit, threshold.DependsOnGenerator, threshold.RepairShare, threshold.ReplaceShare));
    }

    [Fact]
    public void A_threshold_on_an_observation_can_stop_the_run()
    {
        var stopped = -1.0;
        Run("heap", "max<30MB abort", (log, load, isOver) => log.Due(load, isOver).ToList().ForEach(d => log.Take(Tell(load.Seconds < 40 ? "empty" : "flat", d.Name, d.From))), (load, results) =>
            stopped = stopped < 0 && results.Any(r => r.AbortRequested) ? load.Seconds : stopped);
        Assert.InRange(stopped, 40, 47);
    }

    private static QueryAnswer Tell(string story, string name, int at)
    {
        var due = new QueryDue(name, at, at);
        var empty = new QueryAnswer(name, at, at, []) { Note = "the answer is empty: no series matches" };
        var dead = QueryAnswer.Failed(due, "connection refused");
        QueryAnswer Of(double value) => new(name, at, at, [new ObservedValue(at, value)]);
        var flat = Of(name == "lag" ? 100 + at : 40e6);
        return story switch
        {
            "flat" => flat,
            "growing" => Of(20e6 * (1 + at / 10.0)),
            "dead" => dead,
            "empty" => empty,
            "half empty" => at < 10 ? flat : empty,
            "half dead" => at < 10 ? flat : dead,
            "one missing" => at == 7 ? empty : flat,
            "ambiguous" => empty with { Ambiguous = 1, Note = "2 series at once" },
            _ => throw new ArgumentException(story),
        };
    }

    private static RunCollector Run(string key, string expression, Action<ObservationLog, Duration, bool> observe, Action<Duration, IReadOnlyList<ThresholdResult>>? tick = null)
    {
        var spec = Spec(key, expression);
        var problems = new List<Problem>();
        var thresholds = ThresholdRules.Compile(spec, "spec.thresholds", problems);
        Assert.Empty(problems);
        var collector = new RunCollector(spec, thresholds, 1);
        var recorder = new WorkerRecorder();
        var tags = TagSet.Of(("scenario", "load"));
        for (var second = 0; second <= Seconds; second++)
        {
            var load = Duration.FromSeconds(second);
            recorder.Counter(BuiltInMetrics.Iterations, tags).Add(1);
            recorder.Counter(BuiltInMetrics.RequestsAnswered, tags).Add(1);
            recorder.Counter(BuiltInMetrics.VuTime, tags).Add(1);
            collector.Offer(new WorkerSnapshot(0, second, load.Nanoseconds, isFinal: second == Seconds, recorder.TakeSnapshot()));
            observe(collector.Observations, load, second == Seconds);
            var standing = collector.Tick(load);
            tick?.Invoke(load, standing);
        }

        return collector;
    }

    private static LoadTestSpec Spec(string key, string expression) => new()
    {
        Flows = new([new("main", [new RequestStep { Url = "http://t/" }])]),
        Scenarios = new([new("load", new ConstantVusScenario { Vus = 1, Duration = Duration.FromSeconds(Seconds) })]),
        Thresholds = new([new(key, [new ThresholdSpec(expression)])]),
        Observe = new ObserveSpec
        {
            Pods = new ObservedPods { Selector = new PodSelector { MatchLabels = new([new("app", "shop")]) } },
            Prometheus =
            [
                new ObservedQuery { Name = "heap", Url = "http://p", Query = "x", Unit = ObservedUnit.Bytes },
                new ObservedQuery { Name = "lag", Url = "http://p", Query = "y" },
                new ObservedQuery { Name = "slow", Url = "http://p", Query = "z", Unit = ObservedUnit.Seconds },
            ],
        },
    };
}
