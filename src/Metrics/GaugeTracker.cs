namespace LoadTesting.Metrics;

/// <summary>Extremes of merged gauges: of the sums as they were at each tick, because they cannot be had from the extremes of the parts. Not synchronised.</summary>
public sealed class GaugeTracker
{
    private readonly Dictionary<SeriesKey, GaugeValue> _seen = [];

    /// <summary>Takes note of the gauges of a merged snapshot.</summary>
    public void Observe(Snapshot merged)
    {
        foreach (var (key, value) in merged.Series)
        {
            if (value is not GaugeValue gauge) continue;
            var (min, max) = (gauge.ExactCurrent, gauge.ExactCurrent);
            if (_seen.TryGetValue(key, out var before))
            {
                if (before.Min < gauge.Current) min = before.ExactMin;
                if (before.Max > gauge.Current) max = before.ExactMax;
            }

            _seen[key] = new GaugeValue(gauge.ExactCurrent, min, max);
        }
    }

    /// <summary>The snapshot with the extremes that were seen, the gauges' present values included.</summary>
    public Snapshot Apply(Snapshot merged) => merged.Replace((key, value) =>
    {
        if (value is not GaugeValue gauge || !_seen.TryGetValue(key, out var seen)) return value;
        return new GaugeValue(
            gauge.ExactCurrent,
            seen.Min < gauge.Current ? seen.ExactMin : gauge.ExactCurrent,
            seen.Max > gauge.Current ? seen.ExactMax : gauge.ExactCurrent);
    });
}
