using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging;

/// <summary>Finds a selector's samples in a snapshot.</summary>
internal static class SampleSelection
{
    // The generator's own ledger: it counts these itself, so where it counted none there were none. Of any other metric no samples means that nothing is known.
    private static readonly HashSet<MetricDefinition> Ledger =
    [
        BuiltInMetrics.DroppedIterations, BuiltInMetrics.InterruptedIterations, BuiltInMetrics.IterationErrors, BuiltInMetrics.TestErrors, BuiltInMetrics.RequestsUnanswered,
        BuiltInMetrics.RequestsUnsent, BuiltInMetrics.RequestsCutOff, BuiltInMetrics.FoldedTagSets, BuiltInMetrics.RejectedSamples,
    ];

    /// <summary>All samples of the selector together; null when there are none.</summary>
    public static SeriesValue? Select(this Snapshot total, MetricDefinition metric, MetricSelector selector)
    {
        // In a tag set an empty value is the same as no tag; a selector that wants one (group:"", the root) means the samples without the tag.
        var filter = TagSet.From(selector.Tags);
        string[] absent = [.. selector.Tags.Where(t => t.Value.Length == 0).Select(t => t.Key)];
        return absent.Length == 0
            ? total.Select(metric, filter)
            : total.Select(metric, tags => tags.Matches(filter) && absent.All(key => !tags.TryGet(key, out _)));
    }

    /// <summary>Whether the metric is one of which no samples means 0.</summary>
    public static bool IsLedger(MetricDefinition metric) => Ledger.Contains(metric);

    /// <summary>How many samples of the metric are in its overflow series and may thus belong to any selector with tags.</summary>
    public static double OverflowSamples(this Snapshot total, MetricDefinition metric) =>
        total.Find(new SeriesKey(metric, WorkerRecorder.OverflowTags)) switch
        {
            RateValue rate => rate.Total,
            HistogramSnapshot histogram => histogram.Count,
            CounterValue counter => counter.Sum,
            DistinctValue distinct => distinct.Count,
            null => 0,
            _ => 1,
        };
}
