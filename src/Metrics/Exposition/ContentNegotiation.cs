using System.Globalization;

namespace LoadTesting.Metrics.Exposition;

/// <summary>Which exposition format answers an Accept header, and which one a Content-Type header names.</summary>
public static class ContentNegotiation
{
    private const string ProtobufType = "application/vnd.google.protobuf";
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string CompactType = "application/vnd.loadtest.snapshot";
    private const string TextType = "text/plain";

    // Read, not written: it has no overflow bucket.
    private const string EarlierCompact = CompactType + "; version=2";

    /// <summary>The Content-Type of a format; as an Accept header it asks for that format alone.</summary>
    public static string ContentType(ExpositionFormat format) => format switch
    {
        ExpositionFormat.Protobuf => ProtobufType + "; proto=io.prometheus.client.MetricFamily; encoding=delimited",
        ExpositionFormat.Compact => CompactType + "; version=3",
        ExpositionFormat.OpenMetrics => OpenMetricsType + "; version=1.0.0; charset=utf-8",
        _ => TextType + "; version=0.0.4; charset=utf-8",
    };

    /// <summary>
    /// Accept header of a collector: what can be relative to what it knows, else, from runners of earlier versions, the version before it, else what carries
    /// everything.
    /// </summary>
    public static string CollectorAccept { get; } =
        $"{ContentType(ExpositionFormat.Compact)}, {EarlierCompact}; q=0.7, {ContentType(ExpositionFormat.Protobuf)}; q=0.5";

    /// <summary>
    /// The format with the highest q-value (RFC 9110, 12.5.1); of equal ones the first named. Text 0.0.4 when the header is absent or names nothing that we
    /// have, as Prometheus' own client libraries do: a scraper that gets 406 sees nothing, one that gets text sees something.
    /// </summary>
    public static ExpositionFormat Choose(string? accept)
    {
        var (chosen, best) = (ExpositionFormat.Text, 0.0);
        foreach (var range in (accept ?? "").Split(','))
        {
            if (Match(range, asked: true) is { } match && match.Quality > best) (chosen, best) = match;
        }

        return chosen;
    }

    /// <summary>The format that a Content-Type header names; null for any that we do not read.</summary>
    public static ExpositionFormat? FromContentType(string? contentType) => Match(contentType ?? "", asked: false)?.Format;

    private static (ExpositionFormat Format, double Quality)? Match(string range, bool asked)
    {
        var parts = range.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return null;
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) parameters[part[..equals].TrimEnd()] = part[(equals + 1)..].Trim().Trim('"');
        }

        ExpositionFormat? format = parts[0].ToLowerInvariant() switch
        {
            ProtobufType when Is("proto", "io.prometheus.client.MetricFamily") && Is("encoding", "delimited") => ExpositionFormat.Protobuf,
            CompactType when Is("version", "3") || (!asked && Is("version", "2")) => ExpositionFormat.Compact,
            OpenMetricsType when Is("version", "1.0.0", orAbsent: true) => ExpositionFormat.OpenMetrics,
            TextType when Is("version", "0.0.4", orAbsent: true) => ExpositionFormat.Text,
            "text/*" or "*/*" when asked => ExpositionFormat.Text,
            _ => null,
        };
        return format is { } known ? (known, Quality(parameters)) : null;

        bool Is(string name, string value, bool orAbsent = false) =>
            parameters.TryGetValue(name, out var given) ? string.Equals(given, value, StringComparison.OrdinalIgnoreCase) : orAbsent;
    }

    private static double Quality(Dictionary<string, string> parameters)
    {
        if (!parameters.TryGetValue("q", out var text)) return 1;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) && q <= 1 ? q : 0;
    }
}
