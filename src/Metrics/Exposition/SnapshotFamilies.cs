namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// A worker's snapshot as metric families, the same for every format. What Prometheus' types cannot hold is in families beside them: finite minimum and
/// maximum, and the rest of a sum that no single double can hold (<c>_residual</c>, its components numbered by a label; almost always absent). The snapshot's
/// own properties come last and all are required by the reader, so that a cut-off exposition is never taken for a whole one.
/// </summary>
internal static class SnapshotFamilies
{
    public static List<MetricFamily> From(WorkerSnapshot worker, int? classicSchema, bool sumsOfNegativesInResidual)
    {
        var families = new List<MetricFamily>();
        var names = new FamilyNames();
        var info = new List<FamilySample>();
        foreach (var group in worker.Snapshot.Series.GroupBy(s => s.Key.Metric))
        {
            var metric = group.Key;
            var root = names.TakeRoot(metric);
            info.Add(new(InfoTags(root, metric), 1));
            var writer = new RootWriter(root, metric, families, sumsOfNegativesInResidual);
            foreach (var (key, value) in group) writer.Add(key.Tags, value);
            writer.Finish();
        }

        families.Add(new(FamilyNames.Info, FamilyKind.Gauge, "Which load-test metric the families of a root name belong to.", "", info));
        if (classicSchema is { } schema) AddProperty(FamilyNames.ClassicSchema, schema, "Resolution of the classic buckets as a native schema.");
        AddProperty(FamilyNames.Worker, worker.Worker, "Index of the worker.");
        AddProperty(FamilyNames.Incarnation, worker.Incarnation, "Which process of the worker this is: 0 for the first, one more for each replacement.");
        AddProperty(FamilyNames.Sequence, worker.Sequence, "Grows with every snapshot of the worker.");
        AddProperty(FamilyNames.Offset, worker.OffsetNanoseconds, "When the snapshot was taken, in nanoseconds after the start.");
        AddProperty(FamilyNames.IsFinal, worker.IsFinal ? 1 : 0, "1 when the worker has finished.");
        return families;

        void AddProperty(string name, double value, string help) =>
            families.Add(new(name, FamilyKind.Gauge, help, "", [new(TagSet.Empty, value)]));
    }

    private static TagSet InfoTags(string root, MetricDefinition metric) => TagSet.Of(
        ("family", root), ("metric", metric.Name), ("type", metric.Type.ToString().ToLowerInvariant()), ("unit", metric.Unit.ToString().ToLowerInvariant()));

    /// <summary>Collects the series of one metric into its families.</summary>
    private sealed class RootWriter(string root, MetricDefinition metric, List<MetricFamily> families, bool sumsOfNegativesInResidual)
    {
        private readonly List<MetricFamily> _own = [];

        public void Add(TagSet tags, SeriesValue value)
        {
            switch (value)
            {
                case CounterValue counter:
                    AddSum(FamilyNames.Total, FamilyNames.Residual, FamilyKind.Counter, tags, counter.Exact);
                    break;
                case RateValue rate:
                    Family(FamilyNames.Trues, FamilyKind.Counter).Samples.Add(new(tags, rate.Trues));
                    Family(FamilyNames.Observations, FamilyKind.Counter).Samples.Add(new(tags, rate.Total));
                    break;
                case GaugeValue gauge:
                    AddSum("", FamilyNames.Residual, FamilyKind.Gauge, tags, gauge.ExactCurrent);
                    AddSum(FamilyNames.Min, FamilyNames.Min + FamilyNames.Residual, FamilyKind.Gauge, tags, gauge.ExactMin);
                    AddSum(FamilyNames.Max, FamilyNames.Max + FamilyNames.Residual, FamilyKind.Gauge, tags, gauge.ExactMax);
                    break;
                case HistogramSnapshot histogram:
                    Add(tags, histogram);
                    break;
                case DistinctValue distinct:
                    Family("", FamilyKind.Gauge).Samples.Add(new(tags, distinct.Count));
                    if (distinct.Registers is { } registers) Family(FamilyNames.Registers, FamilyKind.Gauge).Samples.AddRange(DistinctSamples.OfRegisters(tags, registers));
                    else Family(FamilyNames.Hashes, FamilyKind.Gauge).Samples.AddRange(DistinctSamples.OfHashes(tags, distinct));
                    break;
            }
        }

        public void Finish() => families.AddRange(_own);

        private void Add(TagSet tags, HistogramSnapshot histogram)
        {
            Family("", FamilyKind.Histogram).Samples.Add(new(tags, 0, 0, histogram));
            // OpenMetrics forbids the sum where there are negative buckets: then the residual is all of it.
            var skip = sumsOfNegativesInResidual && !histogram.Negative.IsEmpty ? 0 : 1;
            AddResidual(FamilyNames.Residual, tags, histogram.ExactSum, skip);
            if (histogram.FiniteMax is not { } max || histogram.Min is not { } min) return;
            Family(FamilyNames.Min, FamilyKind.Gauge).Samples.Add(new(tags, min));
            Family(FamilyNames.Max, FamilyKind.Gauge).Samples.Add(new(tags, max));
        }

        private void AddSum(string suffix, string residualSuffix, FamilyKind kind, TagSet tags, ExactSum sum)
        {
            Family(suffix, kind).Samples.Add(new(tags, sum.ToDouble()));
            AddResidual(residualSuffix, tags, sum, skip: 1);
        }

        private void AddResidual(string suffix, TagSet tags, ExactSum sum, int skip)
        {
            var part = 0;
            foreach (var component in sum.Components())
            {
                if (part++ >= skip) Family(suffix, FamilyKind.Gauge).Samples.Add(new(tags, component, part));
            }
        }

        private MetricFamily Family(string suffix, FamilyKind kind)
        {
            var name = root + suffix;
            foreach (var family in _own)
            {
                if (family.Name == name) return family;
            }

            var hasUnit = suffix is "" or FamilyNames.Total;
            var added = new MetricFamily(name, kind, Help(suffix), hasUnit ? FamilyNames.UnitName(metric.Unit) : "", []);
            _own.Add(added);
            return added;
        }

        private string Help(string suffix) => suffix switch
        {
            FamilyNames.Trues => $"True observations of the rate {metric.Name}.",
            FamilyNames.Observations => $"Observations of the rate {metric.Name}.",
            FamilyNames.Min => $"Smallest finite value of {metric.Name}.",
            FamilyNames.Max => $"Largest finite value of {metric.Name}.",
            FamilyNames.Hashes => $"Hashes of the different values of {metric.Name}, for merging.",
            FamilyNames.Registers => $"HyperLogLog registers of {metric.Name}, ten of 5 bits in a sample, for merging.",
            "" or FamilyNames.Total => $"Load-test metric {metric.Name}.",
            _ => $"What a double cannot hold of a sum of {metric.Name}.",
        };
    }
}
