using System.Text.Json;
using LoadTesting.Model.Spec;
using LoadTesting.TestKit;
using static LoadTesting.Runner.Tests.Engine.SpecNs;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>The behaviour cases of the conformance data: the real executors on virtual time.</summary>
public sealed class ExecutorConformanceTests
{
    [SkippableFact]
    public void Shared_iterations_behave_as_in_k6()
    {
        var cases = Conformance.Cases("shared-iterations.json");
        var plain = cases.Named("TestSharedIterationsRun");
        Assert.Equal(Expected(plain, "iterations"), Shared(plain).Run().Scenarios[0].Completed);

        var variable = cases.Named("TestSharedIterationsRunVariableVU");
        var slow = Shared(variable, (vu, own) => After(vu == 0 ? (own == 0 ? 10 : 210) : 10));
        Assert.Equal(Expected(variable, "iterations"), slow.Run().Scenarios[0].Completed);
        Assert.Equal(Expected(variable, "slowVU"), slow.Iterations.Count(i => i.User == 0));

        var dropping = cases.Named("TestSharedIterationsEmitDroppedIterations");
        var end = Shared(dropping, (_, _) => null).Run().Scenarios[0];
        Assert.Equal((Expected(dropping, "started"), Expected(dropping, "dropped")), (end.Started, end.Dropped));
    }

    [SkippableFact]
    public void Per_vu_iterations_behave_as_in_k6()
    {
        var cases = Conformance.Cases("per-vu-iterations.json");
        var plain = cases.Named("TestPerVUIterationsRun");
        var run = PerVu(plain, (_, _) => TimeSpan.Zero);
        Assert.Equal(Expected(plain, "iterations"), run.Run().Scenarios[0].Completed);
        Assert.All(run.Iterations.GroupBy(i => i.User), g => Assert.Equal(Expected(plain, "perVU"), g.Count()));

        var variable = cases.Named("TestPerVUIterationsRunVariableVU");
        run = PerVu(variable, (vu, _) => vu == 0 ? After(201) : TimeSpan.Zero);
        Assert.Equal(Expected(variable, "iterations"), run.Run().Scenarios[0].Completed);
        Assert.Equal(Expected(variable, "slowVU"), run.Iterations.Count(i => i.User == 0));
        Assert.All(run.Iterations.Where(i => i.User != 0).GroupBy(i => i.User), g => Assert.Equal(Expected(variable, "otherVUs"), g.Count()));

        var dropping = cases.Named("TestPerVuIterationsEmitDroppedIterations");
        var end = PerVu(dropping, (_, _) => null).Run().Scenarios[0];
        Assert.Equal((Expected(dropping, "started"), Expected(dropping, "dropped")), (end.Started, end.Dropped));
    }

    [SkippableFact]
    public void Constant_VUs_behave_as_in_k6()
    {
        var @case = Conformance.Cases("constant-vus.json").Named("TestConstantVUsRun");
        var run = new EngineRun(new ConstantVusScenario { Vus = @case.Int("vus"), Duration = @case.Ns("duration_ns"), GracefulStop = @case.Ns("gracefulStop_ns") })
        {
            Takes = (_, _) => @case.IterationTime(),
        };
        Assert.Equal(Expected(@case, "iterations"), run.Run().Scenarios[0].Completed);
        Assert.All(run.Iterations.GroupBy(i => i.User), g => Assert.Equal(Expected(@case, "perVU"), g.Count()));
    }

    [SkippableFact]
    public void Constant_arrival_rate_behaves_as_in_k6()
    {
        var cases = Conformance.Cases("constant-arrival-rate.json");
        var rate = cases.Named("TestConstantArrivalRateRunCorrectRate");
        var run = Arrivals(rate, rate.IterationTime());
        var end = run.Run().Scenarios[0];
        Assert.InRange(end.Started, Expected(rate, "total") - Expected(rate, "totalTolerance"), Expected(rate, "total") + Expected(rate, "totalTolerance"));
        Assert.All(run.Iterations.GroupBy(i => (int)i.Start.TotalSeconds), g => Assert.Equal(Expected(rate, "perSecond"), g.Count()));

        var busy = cases.Named("TestConstantArrivalRateRunNotEnoughAllocatedVUsWarn");
        run = Arrivals(busy, busy.IterationTime());
        run.Run();
        Assert.Equal(Expected(busy, "maxActiveVUs"), run.MostActive);
        Assert.Contains("insufficient VUs", Assert.Single(run.Log), StringComparison.OrdinalIgnoreCase);

        var dropping = cases.Named("TestConstantArrivalRateDroppedIterations");
        run = Arrivals(dropping, null);
        end = run.Run().Scenarios[0];
        Assert.Equal((Expected(dropping, "started"), Expected(dropping, "dropped")), (end.Started, end.Dropped));
        Assert.Equal(Expected(dropping, "insufficientVUsWarnings"), run.Log.Count);

        var growing = cases.Named("TestConstantArrivalRateActiveVUs");
        run = Arrivals(growing, null);
        run.Run();
        Assert.InRange(run.MostActive, Expected(growing, "minRunning"), Expected(growing, "maxRunning"));
    }

    [SkippableFact]
    public void Ramping_arrival_rate_behaves_as_in_k6()
    {
        var cases = Conformance.Cases("ramping-arrival-rate.json");
        var rate = cases.Named("TestRampingArrivalRateRunCorrectRate");
        var run = Arrivals(rate, rate.IterationTime());
        run.Run();
        var perSecond = rate.GetProperty("expect").GetProperty("perSecond").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        var tolerance = rate.GetProperty("expect").GetProperty("tolerance").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        for (var second = 0; second < perSecond.Length; second++)
        {
            var started = run.Iterations.Count(i => (int)i.Start.TotalSeconds == second);
            Assert.InRange(started, perSecond[second] - tolerance[second], perSecond[second] + tolerance[second]);
        }

        var busy = cases.Named("TestRampingArrivalRateRunNotEnoughAllocatedVUsWarn");
        run = Arrivals(busy, busy.IterationTime());
        run.Run();
        Assert.Equal(Expected(busy, "maxActiveVUs"), run.MostActive);
        Assert.Contains("insufficient VUs", Assert.Single(run.Log), StringComparison.OrdinalIgnoreCase);

        var unplanned = cases.Named("TestRampingArrivalRateRunUnplannedVUs");
        var end = Arrivals(unplanned, After(1000)).Run().Scenarios[0];
        Assert.Equal(Expected(unplanned, "startedPlusDropped"), end.Started + end.Dropped);

        var graceful = cases.Named("TestRampingArrivalRateRunGracefulStop");
        run = Arrivals(graceful, graceful.IterationTime());
        end = run.Run().Scenarios[0];
        Assert.Equal((Expected(graceful, "fullIterations"), 0), (end.Completed, end.Interrupted));
        Assert.Equal(Expected(graceful, "initializedVUs"), run.UsersMade);
        Assert.Equal(Expected(graceful, "activeVUsAtEnd"), run.Last.Scenarios[0].ActiveVUs);

        var slow = cases.Named("TestRampingArrivalRateRunCorrectRateWithSlowRate");
        run = Arrivals(slow, After(200));
        run.Run();
        Assert.Equal(Expected(slow, "initializedVUs"), run.UsersMade);
        Assert.Equal(Expected(slow, "activeVUsAtEnd"), run.Last.Scenarios[0].ActiveVUs);

        var active = cases.Named("TestRampingArrivalRateActiveVUs");
        run = Arrivals(active, null);
        run.Run();
        Assert.InRange(run.MostActive, Expected(active, "minRunning"), Expected(active, "maxRunning"));
    }

    [SkippableFact]
    public void Ramping_VUs_behave_as_in_k6()
    {
        var cases = Conformance.Cases("ramping-vus.json");
        var run = Ramp(cases.Named("TestRampingVUsRun"), ignores: true);
        var end = run.Run();
        Assert.Equal(Expected(cases.Named("TestRampingVUsRun"), "iterations"), run.Iterations.Count(i => i.RanToEnd));
        AssertActive(cases.Named("TestRampingVUsRun"), run);

        var waits = cases.Named("TestRampingVUsGracefulStopWaits");
        end = Ramp(waits).Run();
        Assert.Equal((Expected(waits, "finished"), Expected(waits, "interrupted")), (end.Scenarios[0].Completed, end.Scenarios[0].Interrupted));

        var stops = cases.Named("TestRampingVUsGracefulStopStops");
        run = Ramp(stops);
        run.Run();
        Assert.Equal(new Duration(Expected(stops, "interruptedAt_ns")).ToTimeSpan(), run.Iterations.Single().End);

        var down = cases.Named("TestRampingVUsGracefulRampDown");
        var most = new Duration(Expected(down, "iterationMayLast_ns")).ToTimeSpan();
        end = Ramp(down, takes: (_, own) => own == 0 ? most : TimeSpan.FromMilliseconds(1)).Run();
        Assert.Equal(Expected(down, "interrupted"), end.Scenarios[0].Interrupted);

        var remaining = cases.Named("TestRampingVUsHandleRemainingVUs");
        end = Ramp(remaining).Run();
        Assert.Equal((Expected(remaining, "finished"), Expected(remaining, "interrupted")), (end.Scenarios[0].Completed, end.Scenarios[0].Interrupted));
    }

    [SkippableFact]
    public void Ramping_VUs_go_down_without_a_wobble()
    {
        var @case = Conformance.Cases("ramping-vus.json").Named("TestRampingVUsRampDownNoWobble");
        var top = TimeSpan.FromSeconds(3.1);
        // The body of the case does not stop when it is cancelled.
        var run = Ramp(@case, ignores: true, looks: [TimeSpan.FromSeconds(0.1), .. Enumerable.Range(0, 400).Select(i => top + TimeSpan.FromMilliseconds(i * 10))]);
        run.Run();
        AssertActive(@case, run);
        var wanted = @case.GetProperty("expect").GetProperty("rampDownSequence").EnumerateArray().Select(e => e.GetInt32());
        var seen = run.Seen.Where(s => s.Key >= top).OrderBy(s => s.Key).Select(s => s.Value.Scenarios[0].ActiveVUs).ToList();
        Assert.Equal(wanted, seen.Where((vus, i) => i == 0 || seen[i - 1] != vus));
    }

    private static long Expected(JsonElement @case, string property) => @case.GetProperty("expect").GetProperty(property).GetInt64();

    private static void AssertActive(JsonElement @case, EngineRun run)
    {
        foreach (var at in @case.GetProperty("expect").GetProperty("activeVUsAt_ns").EnumerateObject())
        {
            var offset = new Duration(long.Parse(at.Name)).ToTimeSpan();
            if (run.Seen.TryGetValue(offset, out var seen)) Assert.Equal(at.Value.GetInt32(), seen.Scenarios[0].ActiveVUs);
            else Assert.True(offset >= run.Iterations.Max(i => i.End) && at.Value.GetInt32() == 0, $"nothing was seen at {offset}");
        }
    }

    private static EngineRun Shared(JsonElement c, Func<int, int, TimeSpan?>? takes = null) => new(new SharedIterationsScenario
    {
        Vus = c.Int("vus"), Iterations = c.Int("iterations"), MaxDuration = c.Ns("maxDuration_ns"), GracefulStop = c.Ns("gracefulStop_ns", 30_000_000_000),
    })
    {
        Takes = takes ?? ((_, _) => TimeSpan.Zero),
    };

    private static EngineRun PerVu(JsonElement c, Func<int, int, TimeSpan?> takes) => new(new PerVuIterationsScenario
    {
        Vus = c.Int("vus"), Iterations = c.Int("iterations"), MaxDuration = c.Ns("maxDuration_ns"), GracefulStop = c.Ns("gracefulStop_ns"),
    })
    {
        Takes = takes,
    };

    private static EngineRun Arrivals(JsonElement c, TimeSpan? takes)
    {
        ScenarioSpec scenario = c.TryGetProperty("stages", out _)
            ? new RampingArrivalRateScenario
            {
                StartRate = c.Int("startRate"), TimeUnit = c.Ns("timeUnit_ns"), Stages = c.Stages(), PreAllocatedVUs = c.Int("preAllocatedVUs"), MaxVUs = c.Int("maxVUs"),
                GracefulStop = c.Ns("gracefulStop_ns", 30_000_000_000),
            }
            : new ConstantArrivalRateScenario
            {
                Rate = c.Int("rate"), TimeUnit = c.Ns("timeUnit_ns"), Duration = c.Ns("duration_ns"), PreAllocatedVUs = c.Int("preAllocatedVUs"), MaxVUs = c.Int("maxVUs"),
                GracefulStop = c.Ns("gracefulStop_ns", 30_000_000_000),
            };
        return new EngineRun(scenario) { Takes = (_, _) => takes };
    }

    private static EngineRun Ramp(JsonElement c, bool ignores = false, Func<int, int, TimeSpan?>? takes = null, TimeSpan[]? looks = null)
    {
        var scenario = new RampingVusScenario
        {
            StartVUs = c.Int("startVUs"), Stages = c.Stages(), GracefulRampDown = c.Ns("gracefulRampDown_ns"), GracefulStop = c.Ns("gracefulStop_ns"),
        };
        var at = c.GetProperty("expect").TryGetProperty("activeVUsAt_ns", out var map)
            ? map.EnumerateObject().Select(p => new Duration(long.Parse(p.Name)).ToTimeSpan()).Where(t => t < TimeSpan.FromSeconds(2)).ToArray()
            : [];
        return new EngineRun(scenario) { Takes = takes ?? ((_, _) => c.IterationTime()), IgnoresInterruption = ignores, LookAt = looks ?? at };
    }
}
