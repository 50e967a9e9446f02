namespace LoadTesting.Metrics.Exposition;

/// <summary>
/// Names of families. A metric's root is <c>loadtest_</c>, its name, and its base unit: <c>loadtest_http_req_duration_seconds</c>; the families of the metric add
/// the suffixes below. Should two metrics need one name (a counter <c>x</c> and a gauge <c>x_total</c>), the later one gets a number before the unit. Readers
/// never parse names: <see cref="Info"/> says which metric a root belongs to.
/// </summary>
internal sealed class FamilyNames
{
    public const string Info = "loadtest_metric_info";
    public const string Worker = "loadtest_snapshot_worker";
    public const string Incarnation = "loadtest_snapshot_incarnation";
    public const string Sequence = "loadtest_snapshot_sequence";
    public const string Offset = "loadtest_snapshot_offset_nanoseconds";
    public const string IsFinal = "loadtest_snapshot_final";
    public const string ClassicSchema = "loadtest_snapshot_classic_schema";

    public const string Total = "_total";
    public const string Trues = "_trues_total";
    public const string Observations = "_observations_total";
    public const string Min = "_min";
    public const string Max = "_max";
    public const string Residual = "_residual";
    public const string Hashes = "_hashes";
    public const string Registers = "_registers";

    private static readonly string[] CounterSuffixes = ["", Total, Residual];
    private static readonly string[] RateSuffixes = ["_trues", Trues, "_observations", Observations];
    private static readonly string[] GaugeSuffixes = ["", Residual, Min, Min + Residual, Max, Max + Residual];
    private static readonly string[] DistinctSuffixes = ["", Hashes, Registers];
    private static readonly string[] TrendSuffixes = ["", "_bucket", "_sum", "_count", Residual, Min, Max];

    private readonly HashSet<string> _taken =
        new([Info, Worker, Incarnation, Sequence, Offset, IsFinal, ClassicSchema], StringComparer.Ordinal);

    /// <summary>The base unit's name, empty for plain numbers.</summary>
    public static string UnitName(MetricUnit unit) => unit switch
    {
        MetricUnit.Time => "seconds",
        MetricUnit.Data => "bytes",
        _ => "",
    };

    /// <summary>A root whose families have names of their own; asked in the same order, the same answers.</summary>
    public string TakeRoot(MetricDefinition metric)
    {
        var suffixes = metric.Type switch
        {
            MetricType.Counter => CounterSuffixes,
            MetricType.Rate => RateSuffixes,
            MetricType.Gauge => GaugeSuffixes,
            MetricType.Distinct => DistinctSuffixes,
            _ => TrendSuffixes,
        };
        var unit = metric.Unit == MetricUnit.None ? "" : "_" + UnitName(metric.Unit);
        var name = metric.Name.EndsWith(unit, StringComparison.Ordinal) ? metric.Name[..^unit.Length] : metric.Name;
        for (var n = 1; ; n++)
        {
            var root = $"loadtest_{name}{(n == 1 ? "" : $"_{n}")}{unit}";
            if (suffixes.Any(s => _taken.Contains(root + s))) continue;
            foreach (var suffix in suffixes) _taken.Add(root + suffix);
            return root;
        }
    }
}
