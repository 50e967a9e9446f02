using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Generator;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>The generator's watch on itself, on virtual time and with made-up readings.</summary>
public sealed class GeneratorTests
{
    private static readonly ConstantVusScenario TenSeconds = new() { Vus = 2, Duration = Duration.FromSeconds(10) };

    [Fact]
    public void A_generator_that_keeps_up_spoils_no_second_and_delivers_all_its_vu_time()
    {
        var run = Run(new FakeProbe(Cpu: 0.4));
        var snapshot = run.Recorders.TakeSnapshot();
        Assert.Empty(TaintedSpan.Of(0, snapshot));
        var cpu = Assert.IsType<HistogramSnapshot>(snapshot.Select(BuiltInMetrics.GeneratorCpu));
        Assert.Equal(10, cpu.Count);
        Assert.Equal(0.4, cpu.Max!.Value, 6);
        Assert.Equal(20, Assert.IsType<CounterValue>(snapshot.Select(BuiltInMetrics.VuTime)).Sum, 6);
        Assert.Equal(0, Assert.IsType<HistogramSnapshot>(snapshot.Select(BuiltInMetrics.StartLag)).Max);
    }

    [Theory]
    [InlineData(0.95, 0, 0, TaintCauses.Cpu)]
    [InlineData(0.1, 0.2, 0, TaintCauses.Throttling)]
    [InlineData(0.1, 0, 0.15, TaintCauses.Gc)]
    public void Seconds_beyond_a_limit_are_named_with_their_cause(double cpu, double throttled, double gc, string cause)
    {
        var run = Run(new FakeProbe(cpu, throttled, gc) { From = 3, To = 5 });
        var span = Assert.Single(TaintedSpan.Of(7, run.Recorders.TakeSnapshot()));
        Assert.Equal((7, cause, 3, 2), (span.Runner, span.Cause, span.From!.Value, span.Seconds));
        Assert.NotNull(span.Worst);
    }

    [Fact]
    public void The_worst_reading_of_a_span_is_that_span_s()
    {
        var log = new TaintLog();
        var recorder = new WorkerRecorder();
        log.Add(recorder, TagSet.Empty, TaintCauses.Cpu, 1, 2, 0.91);
        log.Add(recorder, TagSet.Empty, TaintCauses.Cpu, 2, 3, 0.99);
        log.Add(recorder, TagSet.Empty, TaintCauses.Cpu, 10, 11, 0.93);
        log.Add(recorder, TagSet.Empty, TaintCauses.Stall, 5, 6, 0.2);
        log.Add(recorder, TagSet.Empty, TaintCauses.Stall, 5, 6, 0.9);
        log.Add(recorder, TagSet.Empty, TaintCauses.Ports, 7, 8, null);
        // What a span has not, the run may have: a reading in a second that was not spoiled is nobody's.
        recorder.Trend(BuiltInMetrics.GeneratorCpu, TagSet.Empty).Record(1);
        Assert.Equal(
            [(TaintCauses.Cpu, 1, 2, 0.99), (TaintCauses.Cpu, 10, 1, 0.93), (TaintCauses.Ports, 7, 1, null), (TaintCauses.Stall, 5, 1, (double?)900)],
            TaintedSpan.Of(0, recorder.TakeSnapshot()).Select(s => (s.Cause, s.From!.Value, s.Seconds, s.Worst)));
    }

    [Fact]
    public void A_generator_that_bounces_names_a_bounded_number_of_spans_and_counts_the_rest()
    {
        var log = new TaintLog();
        var recorder = new WorkerRecorder();
        for (var s = 0; s < 400; s += 2) log.Add(recorder, TagSet.Empty, TaintCauses.Gc, s, s + 1, 0.2);
        log.Add(recorder, TagSet.Empty, TaintCauses.Gc, 0, 399, 0.2);
        var spans = TaintedSpan.Of(0, recorder.TakeSnapshot());
        Assert.Equal(TaintLog.MostSpans + 1, spans.Count);
        Assert.Equal(200, spans.Sum(s => s.Seconds));
        Assert.Equal(200, TaintedSpan.DistinctSeconds(spans, 400));
    }

    [Theory]
    [InlineData("0::/", "/sys/fs/cgroup/cpu.max=50000 100000\n", 0.5)]
    [InlineData("0::/", "/sys/fs/cgroup/cpu.max=max 100000\n", null)]
    [InlineData("0::/kubepods/pod1/c1\n", "/sys/fs/cgroup/kubepods/pod1/c1/cpu.max=max 100000|/sys/fs/cgroup/kubepods/pod1/cpu.max=150000 100000", 1.5)]
    [InlineData("0::/a/b", "/sys/fs/cgroup/a/b/cpu.max=400000 100000|/sys/fs/cgroup/a/cpu.max=200000 100000", 2.0)]
    [InlineData("4:cpu,cpuacct:/docker/x\n1:name=systemd:/", "/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us=5000\n|/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us=100000\n", 0.05)]
    [InlineData("4:cpu:/\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us=-1\n|/sys/fs/cgroup/cpu/cpu.cfs_period_us=100000\n", null)]
    [InlineData("", "", null)]
    [InlineData("nonsense\n::", "/sys/fs/cgroup/cpu.max=what", null)]
    public void The_tightest_quota_of_either_hierarchy_counts(string membership, string files, double? quota) =>
        Assert.Equal(quota, new ControlGroup(Files(membership, files)).Quota);

    [Fact]
    public void Throttled_time_is_read_in_both_units()
    {
        var second = Files("0::/", "/sys/fs/cgroup/cpu.max=50000 100000|/sys/fs/cgroup/cpu.stat=usage_usec 9\nnr_throttled 3\nthrottled_usec 250000\n");
        Assert.Equal(TimeSpan.FromMilliseconds(250), new ControlGroup(second).Throttled);
        var first = Files("1:cpu:/", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us=5000|/sys/fs/cgroup/cpu/cpu.cfs_period_us=100000|/sys/fs/cgroup/cpu/cpu.stat=nr_periods 9\nthrottled_time 250000000\n");
        Assert.Equal(TimeSpan.FromMilliseconds(250), new ControlGroup(first).Throttled);
        Assert.Null(new ControlGroup(Files("0::/", "")).Throttled);
    }

    [Fact]
    public void This_process_can_be_read()
    {
        var reading = new SystemProbe().Read();
        Assert.True(reading.CpuTime > TimeSpan.Zero);
        Assert.InRange(reading.CpuLimit, 0.001, Environment.ProcessorCount);
        Assert.True(reading.FileShare is null or (> 0 and <= 1));
    }

    private static EngineRun Run(FakeProbe probe)
    {
        var run = new EngineRun(TenSeconds) { Probe = probe, Takes = (_, _) => TimeSpan.FromMilliseconds(100) };
        run.Run();
        return run;
    }

    private static Func<string, string?> Files(string membership, string files)
    {
        var known = files.Split('|', StringSplitOptions.RemoveEmptyEntries).ToDictionary(f => f[..f.IndexOf('=')], f => f[(f.IndexOf('=') + 1)..]);
        return path => path == "/proc/self/cgroup" ? membership : known.GetValueOrDefault(path);
    }

    /// <summary>Reads the same use in each second of [From, To), nothing in the others. Asked once before the first second and once after each.</summary>
    private sealed record FakeProbe(double Cpu, double Throttled = 0, double Gc = 0) : IGeneratorProbe
    {
        private int _reads;
        private int _busy;

        public int From { get; init; }

        public int To { get; init; } = int.MaxValue;

        public GeneratorReading Read()
        {
            var second = _reads++ - 1;
            if (second >= From && second < To) _busy++;
            return new(TimeSpan.FromSeconds(Cpu * 2 * _busy), 2, TimeSpan.FromSeconds(Throttled * _busy), TimeSpan.FromSeconds(Gc * _busy), 0.01);
        }
    }
}
