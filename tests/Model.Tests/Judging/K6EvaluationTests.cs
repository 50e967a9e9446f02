using System.Text.Json;
using LoadTesting.Metrics;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Judging;

/// <summary>
/// k6's own evaluation cases. Ours differs where k6 judges without samples (there nothing holds and nothing is broken, so that the verdict is Invalid), and in the exit
/// codes of verdicts that k6 does not know; each such case is listed with its reason.
/// </summary>
public sealed class K6EvaluationTests
{
    [SkippableFact]
    public void Comparisons_hold_as_in_k6()
    {
        foreach (var test in Conformance.Cases("threshold-eval.json").Where(c => Text(c, "kind") == "compare"))
        {
            var (expression, sink) = (test.GetProperty("expression"), test.GetProperty("sink"));
            var operators = Enum.GetValues<ComparisonOperator>().Where(o => o.Symbol() == Text(expression, "operator") || Text(expression, "operator") == "===" && o == ComparisonOperator.Equal).ToList();
            if (test.GetProperty("error").GetBoolean())
            {
                Assert.Empty(operators);
                continue;
            }

            if (!sink.TryGetProperty(Text(expression, "method"), out var observed))
            {
                // "valid expression over non-existing sink": k6 lets it pass; here no samples is never a pass.
                Assert.True(Samples.Evaluate("http_req_failed", "rate>0.01", Snapshot.Empty).NoData);
                continue;
            }

            Assert.Equal(test.GetProperty("pass").GetBoolean(), Assert.Single(operators).Holds(observed.GetDouble(), expression.GetProperty("value").GetDouble()));
        }
    }

    [SkippableFact]
    public void Lists_of_thresholds_are_evaluated_and_abort_as_in_k6()
    {
        // The cases' sink: a rate of 0.0001 and a p(95) of 500.
        var total = new Samples().Rate(BuiltInMetrics.HttpReqFailed, 1, 10_000).Trend(BuiltInMetrics.HttpReqDuration, "", 500).Snapshot;
        foreach (var test in Conformance.Cases("threshold-eval.json").Where(c => Text(c, "kind") == "run-all"))
        {
            var results = new List<ThresholdResult>();
            var clock = new RunClock(new Duration(test.GetProperty("testDuration_ns").GetInt64()), IsFinal: false);
            foreach (var (source, i) in test.GetProperty("sources").EnumerateArray().Select((s, i) => (s.GetString()!, i)))
            {
                var first = test.GetProperty("first");
                Duration? delay = first.GetProperty("delayAbortEval_ns") is { ValueKind: JsonValueKind.Number } ns ? new Duration(ns.GetInt64()) : null;
                var written = i == 0 ? new ThresholdSpec(source, first.GetProperty("abortOnFail").GetBoolean(), delay) : new ThresholdSpec(source);
                results.AddRange(ThresholdEvaluator.Evaluate(Samples.Thresholds(source.StartsWith("rate", StringComparison.Ordinal) ? "http_req_failed" : "http_req_duration", [written]), total, clock));
            }

            Assert.True(test.GetProperty("pass").GetBoolean() == results.All(r => r.Ok), $"{test}");
            Assert.True(test.GetProperty("abort").GetBoolean() == results.Any(r => r.AbortRequested), $"{test}");
        }
    }

    [SkippableFact]
    public void Metrics_are_evaluated_as_in_k6()
    {
        foreach (var test in Conformance.Cases("threshold-eval.json").Where(c => Text(c, "kind") == "run-sink"))
        {
            var metric = test.GetProperty("metric");
            var source = test.GetProperty("sources")[0].GetString()!;
            if (Text(metric, "type") == "counter")
            {
                if (source.StartsWith('p'))
                {
                    // k6 passes over an aggregation that the metric does not have; here it never gets past validation (ThresholdRulesTests).
                    continue;
                }

                var counter = new Samples().Count(BuiltInMetrics.HttpReqs, metric.GetProperty("value").GetDouble()).Snapshot;
                var result = Samples.Evaluate("http_reqs", source, counter, test.GetProperty("testDuration_ns").GetInt64());
                Assert.True(test.GetProperty("pass").GetBoolean() == result.Ok, $"{test}");
                continue;
            }

            double[] values = [.. metric.GetProperty("samples").EnumerateArray().Select(s => s.GetDouble())];
            var trend = Samples.Evaluate("http_req_duration", source, new Samples().Trend(BuiltInMetrics.HttpReqDuration, "", values).Snapshot);
            if (values.Length == 0)
            {
                // k6 takes the median of nothing for 0; here it is not known.
                Assert.True(trend is { NoData: true, Ok: false, Broken: false }, $"{test}");
                continue;
            }

            Assert.True(test.GetProperty("pass").GetBoolean() == trend.Ok, $"{test}");
        }
    }

    [SkippableFact]
    public void The_whole_engine_finds_the_breaches_that_k6_finds()
    {
        foreach (var test in Conformance.Cases("threshold-engine.json").Where(c => Text(c, "kind") == "evaluate"))
        {
            var (samples, keys, records) = (new Samples(), new List<KeyValuePair<string, IReadOnlyList<ThresholdSpec>>>(), new List<RecordSpec>());
            var hasSamples = false;
            foreach (var (name, metric) in test.GetProperty("metrics").EnumerateObject().Select(p => (p.Name, p.Value)))
            {
                records.Add(new RecordSpec { Metric = name, Type = CustomMetricType.Counter });
                keys.Add(KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>(name, [.. metric.GetProperty("thresholds").EnumerateArray().Select(t => new ThresholdSpec(Text(t, "source"), t.GetProperty("abortOnFail").GetBoolean()))]));
                foreach (var sample in metric.GetProperty("samples").EnumerateArray())
                {
                    samples.Count(MetricCatalog.Define(records[^1]), sample.GetDouble());
                    hasSamples = true;
                }
            }

            var final = !test.GetProperty("ignoreEmpty").GetBoolean();
            var results = ThresholdEvaluator.Evaluate(Samples.Compile(keys, [.. records]).Thresholds, samples.Snapshot, new RunClock(new Duration(test.GetProperty("testDuration_ns").GetInt64()), final));
            if (!hasSamples)
            {
                // "final evaluation looks at empty sinks": k6 takes a counter that nobody touched for 0 and breaks its threshold; here the verdict is Invalid.
                Assert.All(results, r => Assert.True(r is { NoData: true, Ok: false, AbortRequested: false }));
                continue;
            }

            Assert.Equal(test.GetProperty("breached").EnumerateArray().Select(b => b.GetString()), results.Where(r => r.Broken).Select(r => r.Metric));
            Assert.Equal(test.GetProperty("abort").GetBoolean(), results.Any(r => r.AbortRequested));
        }
    }

    [SkippableFact]
    public void Whole_runs_end_as_in_k6()
    {
        // These need behaviour of the runner (waiting times, VU reuse, tags set by scripts), which its own tests show.
        string[] runners = ["TestActiveVUsCount", "TestMetricTagAndSetupDataIsolation"];
        foreach (var test in Conformance.Cases("run-outcomes.json").Where(c => Text(c, "kind") == "whole-run" && !runners.Contains(Text(c, "test"))))
        {
            var run = new WholeRun(test);
            var decision = VerdictRule.Decide(run.Evidence);
            Assert.True(run.Failed.SequenceEqual(run.Evidence.Thresholds.Where(t => t.Broken).Select(t => t.Metric)), $"{test}");

            // Thresholds on metrics that were never sampled hold in k6 (0 == 0).
            var unsampled = run.Evidence.Thresholds.Any(t => t.NoData) && run.Failed.Count == 0 && run.Evidence.Stop is null;
            Assert.True((unsampled ? ExitCodes.Invalid : test.GetProperty("exitCode").GetInt32()) == ExitCodes.Of(decision.Verdict), $"{decision}: {test}");
        }
    }

    [SkippableFact]
    public void Exit_codes_are_k6s_where_k6_has_the_outcome()
    {
        var seen = 0;
        foreach (var test in Conformance.Cases("run-outcomes.json").Where(c => Text(c, "kind") == "exit-code"))
        {
            var code = test.GetProperty("exitCode").GetInt32();
            var (ours, wanted) = code switch
            {
                // A script's exceptions, its test.abort() and timeouts of its functions: without scripts they are steps of setup or teardown that failed.
                100 or 107 or 108 => (ExitCodes.Of(VerdictRule.Decide(new RunEvidence { Setup = StageOutcome.Failed("step 1") }).Verdict), ExitCodes.Error),
                104 => (ExitCodes.InvalidManifest, 104),

                // There is no second kind of stop: through the API is by a person as well.
                103 or 105 => (ExitCodes.Of(VerdictRule.Decide(new RunEvidence { Stop = new(StopCause.User, Duration.Zero) }).Verdict), 105),
                _ => throw new InvalidOperationException($"new case: {test}"),
            };
            Assert.Equal(wanted, ours);
            seen++;
        }

        Assert.Equal(13, seen);
    }

    private static string Text(JsonElement e, string name) => e.GetProperty(name).GetString()!;

    /// <summary>Plays a case: its scenarios' iterations and its samples, where they fall.</summary>
    private sealed class WholeRun
    {
        public WholeRun(JsonElement test)
        {
            var samples = new Samples();
            var iterations = new Dictionary<string, int>();
            if (test.TryGetProperty("scenarios", out var scenarios))
            {
                foreach (var scenario in scenarios.EnumerateObject())
                {
                    iterations[scenario.Name] = scenario.Value.TryGetProperty("iterations", out var n) ? n.GetInt32() : test.TryGetProperty("interruptAfterIterations", out n) ? n.GetInt32() : 2;
                }
            }

            if (iterations.Count == 0)
            {
                iterations["default"] = test.TryGetProperty("options", out var options) && options.TryGetProperty("iterations", out var n) ? n.GetInt32() : 1;
            }

            foreach (var (name, count) in iterations)
            {
                samples.Count(BuiltInMetrics.Iterations, count, $"scenario:{name}");
            }

            var records = new List<RecordSpec>();
            foreach (var sample in test.GetProperty("samples").EnumerateArray())
            {
                var metric = BuiltInMetrics.Find(Text(sample, "metric"));
                if (metric is null)
                {
                    records.Add(new RecordSpec { Metric = Text(sample, "metric"), Type = CustomMetricType.Counter });
                    metric = MetricCatalog.Define(records[^1]);
                }

                var where = Text(sample, "where");
                if (where.Contains("setup", StringComparison.Ordinal)) Add(metric, 1, "group:::setup");
                if (where.Contains("teardown", StringComparison.Ordinal)) Add(metric, test.TryGetProperty("teardownCalls", out var calls) ? calls.GetInt32() : 1, "group:::teardown");
                if (where.Contains("every iteration", StringComparison.Ordinal))
                {
                    foreach (var (name, count) in iterations) Add(metric, count * (int)sample.GetProperty("value").GetDouble(), $"scenario:{name}");
                }
            }

            var thresholds = Samples.Compile(
                test.GetProperty("thresholds").EnumerateObject().Select(p => KeyValuePair.Create<string, IReadOnlyList<ThresholdSpec>>(p.Name, [.. p.Value.EnumerateArray().Select(Written)])),
                [.. records]);
            Evidence = new RunEvidence
            {
                Thresholds = ThresholdEvaluator.Evaluate(thresholds.Thresholds, samples.Snapshot, new RunClock(Duration.FromSeconds(3), IsFinal: true)),
                Scenarios = [.. iterations.Select(i => new ScenarioDelivery(i.Key, null, i.Value, i.Value, 0, 0))],
                Stop = !test.TryGetProperty("aborted", out _) ? null
                    : test.TryGetProperty("interruptAfterIterations", out _) ? new RunStop(StopCause.User, Duration.FromSeconds(3)) : new RunStop(StopCause.Threshold, Duration.FromSeconds(2)),
            };
            Failed = [.. test.GetProperty("failed").EnumerateArray().Select(f => f.GetString()!)];

            void Add(MetricDefinition metric, int count, string tags) =>
                _ = metric.Type == MetricType.Rate ? samples.Rate(metric, count, count, tags) : samples.Count(metric, count, tags);
        }

        public RunEvidence Evidence { get; }

        public IReadOnlyList<string> Failed { get; }

        private static ThresholdSpec Written(JsonElement e) => e.ValueKind == JsonValueKind.String ? new(e.GetString()!) : new(Text(e, "threshold"), e.GetProperty("abortOnFail").GetBoolean());
    }
}
