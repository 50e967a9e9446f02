using LoadTesting.Metrics;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Generator;

/// <summary>
/// The generator's watch on itself: ten times a second it asks to be woken and sees how late it is, once a second it looks at what the process used, and it marks
/// the seconds in which the numbers say more about the generator than about the target. What it says travels as metrics.
/// </summary>
internal sealed class GeneratorMonitor
{
    private const long Second = 1_000_000_000;
    private const long Beat = Second / 10;

    private readonly ValiditySpec _limits;
    private readonly RecorderShards _recorders;
    private readonly IGeneratorProbe _probe;
    private readonly EngineClock _clock;
    private readonly TagSet _tags;
    private readonly VuThreads? _threads;
    private readonly TaintLog _taints = new();
    private readonly Lock _late = new();
    private HistogramSnapshot? _lag;
    private GeneratorReading _reading;
    private long _exhausted;
    private long _origin;
    private long _closed;
    private long _worstLate;

    /// <param name="limits">What is too much.</param>
    /// <param name="recorders">Where it says so.</param>
    /// <param name="probe">What the process used.</param>
    /// <param name="clock">Time.</param>
    /// <param name="tags">Tags of all it says.</param>
    /// <param name="threads">Where virtual users live: their loops are asked to wake it, too. Null = nowhere in particular.</param>
    public GeneratorMonitor(ValiditySpec limits, RecorderShards recorders, IGeneratorProbe probe, EngineClock clock, TagSet tags, VuThreads? threads = null)
    {
        (_limits, _recorders, _probe, _clock, _tags, _threads) = (limits, recorders, probe, clock, tags, threads);
    }

    /// <summary>Watches until the load is over.</summary>
    /// <param name="origin">T0, from which seconds are counted.</param>
    /// <param name="start">When this runner begins: T0, or later where it takes over from a lost one.</param>
    /// <param name="over">The load is over.</param>
    public async Task RunAsync(long origin, long start, CancellationToken over)
    {
        (_origin, _closed) = (origin, start);
        _reading = _probe.Read();
        if (!await _clock.WaitUntilAsync(start, over)) return;
        if (start == origin) RecordStartLag(_clock.Now - start);
        var beats = Enumerable.Range(0, _threads?.Loops ?? 0).Select(lane => BeatAsync(lane, over)).ToArray();
        for (var due = start; await _clock.WaitUntilAsync(due, over);)
        {
            var now = _clock.Now;

            // Where users live on loops, the loops say what is late for them; this thread is one of those that give way to them.
            if (beats.Length == 0) NoteLate(due, now);
            if ((now - _origin) / Second != (_closed - _origin) / Second) Close(now);
            due += ((now - due) / Beat + 1) * Beat;
        }

        await Task.WhenAll(beats);
        await Task.Yield();

        // What is left is a second too, unless it is too short for a rate.
        if (_clock.Now - _closed >= Beat) Close(_clock.Now);
    }

    // On the loop itself: what is late for this is late for every virtual user there.
    private async Task BeatAsync(int lane, CancellationToken over)
    {
        await _threads!.Enter(lane);
        for (var due = _clock.Now + Beat; await _clock.WaitUntilAsync(due, over);)
        {
            var now = _clock.Now;
            NoteLate(due, now);
            due += ((now - due) / Beat + 1) * Beat;
        }
    }

    private void RecordStartLag(long late)
    {
        var shard = _recorders.Gauges;
        lock (shard.Gate) shard.RecorderLocked.Trend(BuiltInMetrics.StartLag, _tags).RecordNanoseconds(Math.Max(0, late));
    }

    private void NoteLate(long due, long now)
    {
        lock (_late) _worstLate = Math.Max(_worstLate, now - due);
        if (now - due > _limits.MaxStall.Nanoseconds) Taint(TaintCauses.Stall, due, now, (now - due) / 1e9);
    }

    /// <summary>Judges the time since the last look.</summary>
    private void Close(long now)
    {
        _threads?.PreferLoops();
        var (from, length) = (_closed, Math.Max(1, now - _closed));
        var (before, reading) = (_reading, _probe.Read());
        (_closed, _reading) = (now, reading);
        var cpu = Share(reading.CpuTime - before.CpuTime, length) / reading.CpuLimit;
        var gc = reading.GcPause - before.GcPause;
        // The kernel adds up what each CPU was held back for.
        double? throttled = reading.ThrottledTime is { } held && before.ThrottledTime is { } heldBefore ? Math.Min(Share(held - heldBefore, length), 1) : null;
        var worst = TakeWorstLate();
        var shard = _recorders.Gauges;
        lock (shard.Gate)
        {
            var recorder = shard.RecorderLocked;
            recorder.Trend(BuiltInMetrics.GeneratorCpu, _tags).Record(cpu);
            recorder.Trend(BuiltInMetrics.GeneratorStall, _tags).RecordNanoseconds(worst);
            recorder.Trend(BuiltInMetrics.GeneratorGcPause, _tags).Record(gc.TotalSeconds);
            if (throttled is { } share) recorder.Trend(BuiltInMetrics.GeneratorThrottled, _tags).Record(share);
            if (reading.FileShare is { } files) recorder.Trend(BuiltInMetrics.GeneratorFiles, _tags).Record(files);
        }

        if (cpu > _limits.MaxGeneratorCpu.Value) Taint(TaintCauses.Cpu, from, now, cpu);
        if (throttled > _limits.MaxThrottled.Value) Taint(TaintCauses.Throttling, from, now, throttled);
        if (gc > _limits.MaxStall.ToTimeSpan()) Taint(TaintCauses.Gc, from, now, gc.TotalSeconds);
        if (IsLate() is { } lag) Taint(TaintCauses.SendLag, from, now, lag);
        foreach (var cause in Exhausted()) Taint(cause, from, now, cause == TaintCauses.Files ? reading.FileShare : null);
    }

    private long TakeWorstLate()
    {
        lock (_late)
        {
            var worst = _worstLate;
            _worstLate = 0;
            return worst;
        }
    }

    /// <summary>How late at worst, in seconds, where more than 1 % of the iterations since the last look, and at least 2, began too late; else null.</summary>
    private double? IsLate()
    {
        if (_recorders.Select(BuiltInMetrics.SendLag, static _ => true) is not HistogramSnapshot lag) return null;
        var (late, count, before) = (lag.CountAbove(_limits.MaxSendLag.Seconds), lag.Count, _lag);
        if (before is not null) (late, count) = (late - before.CountAbove(_limits.MaxSendLag.Seconds), count - before.Count);
        _lag = lag;
        return late >= 2 && late > 0.01 * count ? Largest(lag, before) : null;
    }

    /// <summary>The largest sample that came since, to the width of a bucket.</summary>
    private static double? Largest(HistogramSnapshot now, HistogramSnapshot? before)
    {
        var then = before?.Buckets().ToDictionary(b => b.Upper, b => b.Count) ?? [];
        var bounds = now.Buckets().Where(b => b.Count > then.GetValueOrDefault(b.Upper)).Select(b => b.Upper).ToList();
        return bounds.Count == 0 ? now.FiniteMax : Math.Min(bounds.Max(), now.FiniteMax ?? 0);
    }

    /// <summary>The resources of this machine for which requests failed since the last look: such failures are ours, not the target's.</summary>
    private List<string> Exhausted()
    {
        var causes = new List<string>(2);
        var failed = 0L;
        foreach (var (error, cause) in new[] { (TransportError.NoLocalPort, TaintCauses.Ports), (TransportError.NoFileDescriptor, TaintCauses.Files) })
        {
            var code = ((int)error).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var count = (long)((_recorders.Select(BuiltInMetrics.RequestsUnsent, tags => tags.TryGet("error_code", out var found) && found == code) as CounterValue)?.Sum ?? 0);
            failed += count;
            if (failed > _exhausted && count > 0) causes.Add(cause);
        }

        _exhausted = failed;
        return causes;
    }

    private void Taint(string cause, long from, long to, double? reading)
    {
        var (first, end) = ((from - _origin) / Second, (to - 1 - _origin) / Second + 1);
        var shard = _recorders.Gauges;
        lock (shard.Gate) _taints.Add(shard.RecorderLocked, _tags, cause, Math.Max(0, first), end, reading);
    }

    private static double Share(TimeSpan time, long ofNanoseconds) => Math.Max(0, time.TotalNanoseconds / ofNanoseconds);
}
