namespace LoadTesting.Metrics.Exposition;

/// <summary>Field numbers of io.prometheus.client (github.com/prometheus/client_model, io/prometheus/client/metrics.proto).</summary>
internal static class ProtobufFields
{
    public const int FamilyName = 1;
    public const int FamilyHelp = 2;
    public const int FamilyType = 3;
    public const int FamilyMetric = 4;
    public const int FamilyUnit = 5;

    public const int TypeCounter = 0;
    public const int TypeGauge = 1;
    public const int TypeHistogram = 4;

    public const int MetricLabel = 1;
    public const int MetricGauge = 2;
    public const int MetricCounter = 3;
    public const int MetricHistogram = 7;

    public const int LabelName = 1;
    public const int LabelValue = 2;

    /// <summary>The value of a Gauge and of a Counter.</summary>
    public const int NumberValue = 1;

    public const int SampleCount = 1;
    public const int SampleSum = 2;
    public const int Schema = 5;
    public const int ZeroThreshold = 6;
    public const int ZeroCount = 7;
    public const int NegativeSpan = 9;
    public const int NegativeDelta = 10;
    public const int PositiveSpan = 12;
    public const int PositiveDelta = 13;

    public const int SpanOffset = 1;
    public const int SpanLength = 2;
}
