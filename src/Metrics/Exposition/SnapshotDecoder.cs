namespace LoadTesting.Metrics.Exposition;

/// <summary>The inverse of <see cref="SnapshotFamilies"/>. Nothing that it reads is trusted.</summary>
internal sealed class SnapshotDecoder(SampleSet samples)
{
    private readonly Dictionary<SeriesKey, SeriesValue> _series = [];
    private readonly HashSet<string> _roots = new(StringComparer.Ordinal);
    private string? _error;

    public ExpositionReadResult Decode()
    {
        if (samples.Integer(FamilyNames.Worker, 0, int.MaxValue) is not { } worker
            || samples.Integer(FamilyNames.Incarnation, 0, int.MaxValue) is not { } incarnation
            || samples.Integer(FamilyNames.Sequence, 0, WorkerSnapshot.MaxExact) is not { } sequence
            || samples.Integer(FamilyNames.Offset, -WorkerSnapshot.MaxExact, WorkerSnapshot.MaxExact) is not { } offset
            || samples.Integer(FamilyNames.IsFinal, 0, 1) is not { } isFinal)
        {
            return ExpositionReadResult.Fail("this is no whole worker snapshot: worker, incarnation, sequence, offset or final is missing or out of range");
        }

        foreach (var info in samples[FamilyNames.Info]) DecodeMetric(info.Tags);
        return _error is not null
            ? ExpositionReadResult.Fail(_error)
            : ExpositionReadResult.Of(new WorkerSnapshot((int)worker, sequence, offset, isFinal == 1, Snapshot.Own(_series), (int)incarnation));
    }

    private void DecodeMetric(TagSet info)
    {
        if (!info.TryGet("family", out var root) || !info.TryGet("metric", out var name) || !MetricDefinition.IsValidName(name)
            || !info.TryGet("type", out var typeName) || ParseName<MetricType>(typeName) is not { } type
            || !info.TryGet("unit", out var unitName) || ParseName<MetricUnit>(unitName) is not { } unit)
        {
            Fail($"{FamilyNames.Info} needs family, metric, type and unit");
            return;
        }

        if (!_roots.Add(root))
        {
            Fail($"{FamilyNames.Info} names the family {root} twice");
            return;
        }

        var metric = new MetricDefinition(name, type, unit);
        switch (type)
        {
            case MetricType.Counter:
                foreach (var (tags, sum) in Sums(root + FamilyNames.Total, root + FamilyNames.Residual)) Add(metric, tags, new CounterValue(sum));
                break;
            case MetricType.Rate:
                DecodeRate(metric, root);
                break;
            case MetricType.Gauge:
                DecodeGauge(metric, root);
                break;
            case MetricType.Distinct:
                DecodeDistinct(metric, root);
                break;
            default:
                DecodeTrend(metric, root);
                break;
        }
    }

    private void DecodeRate(MetricDefinition metric, string root)
    {
        var trues = Numbers(root + FamilyNames.Trues);
        var totals = Numbers(root + FamilyNames.Observations);
        if (trues.Count != totals.Count) Fail($"{root} has not the same series of trues and observations");
        foreach (var (tags, total) in totals)
        {
            if (!trues.TryGetValue(tags, out var yes) || !SampleSet.IsInteger(total, 0, SampleSet.MaxCount) || !SampleSet.IsInteger(yes, 0, (long)total))
            {
                Fail($"{root} has impossible counts");
                return;
            }

            Add(metric, tags, new RateValue((long)yes, (long)total));
        }
    }

    private void DecodeGauge(MetricDefinition metric, string root)
    {
        var min = Sums(root + FamilyNames.Min, root + FamilyNames.Min + FamilyNames.Residual);
        var max = Sums(root + FamilyNames.Max, root + FamilyNames.Max + FamilyNames.Residual);
        foreach (var (tags, current) in Sums(root, root + FamilyNames.Residual))
        {
            if (min.TryGetValue(tags, out var low) && max.TryGetValue(tags, out var high)) Add(metric, tags, new GaugeValue(current, low, high));
            else Fail($"{root} lacks a minimum or maximum");
        }
    }

    private void DecodeDistinct(MetricDefinition metric, string root)
    {
        var hashes = samples[root + FamilyNames.Hashes].ToLookup(s => s.Tags);
        var registers = samples[root + FamilyNames.Registers].ToLookup(s => s.Tags);
        foreach (var (tags, _) in Numbers(root))
        {
            var value = hashes.Contains(tags) == registers.Contains(tags) ? null
                : hashes.Contains(tags) ? DistinctSamples.FromHashes(hashes[tags]) : DistinctSamples.FromRegisters(registers[tags]);
            if (value is null)
            {
                Fail($"{root} has impossible hashes or registers");
                return;
            }

            Add(metric, tags, value);
        }
    }

    private void DecodeTrend(MetricDefinition metric, string root)
    {
        var min = Numbers(root + FamilyNames.Min);
        var max = Numbers(root + FamilyNames.Max);
        var residuals = Residuals(root + FamilyNames.Residual);
        foreach (var sample in samples[root])
        {
            if (sample.Histogram is not { } read)
            {
                Fail($"{root} is no histogram");
                return;
            }

            var (low, high) = (0.0, 0.0);
            if (read.FiniteCount > 0 && !(min.TryGetValue(sample.Tags, out low) && max.TryGetValue(sample.Tags, out high) && low <= high))
            {
                Fail($"{root} lacks a minimum or maximum");
                return;
            }

            var sum = read.ExactSum + residuals.GetValueOrDefault(sample.Tags);
            Add(metric, sample.Tags, new HistogramSnapshot(read.Schema, read.ZeroCount, read.Positive, read.Negative, read.OverflowCount, sum, low, high));
        }
    }

    private Dictionary<TagSet, ExactSum> Sums(string name, string residualName)
    {
        var residuals = Residuals(residualName);
        var sums = new Dictionary<TagSet, ExactSum>();
        foreach (var (tags, value) in Numbers(name)) sums.Add(tags, ExactSum.Of(value) + residuals.GetValueOrDefault(tags));
        return sums;
    }

    private Dictionary<TagSet, ExactSum> Residuals(string name)
    {
        var residuals = new Dictionary<TagSet, ExactSum>();
        foreach (var sample in samples[name])
        {
            residuals[sample.Tags] = residuals.GetValueOrDefault(sample.Tags) + ExactSum.Of(sample.Value);
        }

        return residuals;
    }

    private Dictionary<TagSet, double> Numbers(string name)
    {
        var numbers = new Dictionary<TagSet, double>();
        foreach (var sample in samples[name])
        {
            if (sample.Histogram is not null || !numbers.TryAdd(sample.Tags, sample.Value)) Fail($"{name}{sample.Tags} is there twice, or a histogram");
        }

        return numbers;
    }

    private void Add(MetricDefinition metric, TagSet tags, SeriesValue value)
    {
        if (_series.Count >= ExpositionReader.MaxSeries)
        {
            Fail($"there are more than {ExpositionReader.MaxSeries} series");
            return;
        }

        if (!_series.TryAdd(new(metric, tags), value)) Fail($"{metric.Name}{tags} is there twice");
    }

    private void Fail(string error) => _error ??= error;

    private static T? ParseName<T>(string name)
        where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(v => string.Equals(v.ToString(), name, StringComparison.OrdinalIgnoreCase));
}
