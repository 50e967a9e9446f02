using System.Globalization;

namespace LoadTesting.Model.Judging;

/// <summary>What a threshold compares: one number made of all samples.</summary>
public enum AggregationKind
{
    /// <summary>Counter: the sum of all amounts. Distinct: how many different values there were.</summary>
    Count,

    /// <summary>Counter: sum per second of load. Rate: trues ÷ samples.</summary>
    Rate,

    /// <summary>Gauge: the last value.</summary>
    Value,

    /// <summary>Trend: arithmetic mean.</summary>
    Avg,

    /// <summary>Trend: smallest.</summary>
    Min,

    /// <summary>Trend: largest.</summary>
    Max,

    /// <summary>Trend: the median, p(50).</summary>
    Med,

    /// <summary>Trend: p(N).</summary>
    Percentile,

    /// <summary>Rate: how many samples were true. Beyond k6.</summary>
    Passes,

    /// <summary>Rate: how many samples were false. Beyond k6.</summary>
    Fails,

    /// <summary>Rate: how many samples there were. Beyond k6.</summary>
    Total,
}

/// <summary>An aggregation with its percentile.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Percentile">N of p(N), 0…100; 50 for the median; 0 and meaningless for the others.</param>
public readonly record struct Aggregation(AggregationKind Kind, double Percentile = 0)
{
    private static readonly (string Name, AggregationKind Kind)[] Names =
    [
        ("count", AggregationKind.Count), ("rate", AggregationKind.Rate), ("value", AggregationKind.Value), ("avg", AggregationKind.Avg),
        ("min", AggregationKind.Min), ("max", AggregationKind.Max), ("med", AggregationKind.Med),
        ("passes", AggregationKind.Passes), ("fails", AggregationKind.Fails), ("total", AggregationKind.Total),
    ];

    /// <summary>p(N).</summary>
    public static Aggregation OfPercentile(double n) => new(AggregationKind.Percentile, n);

    /// <summary>
    /// Reads <c>count rate value avg min max med p(N) passes fails total</c>; N is a decimal number from 0 to 100. A bare <c>p</c>, which k6 takes for
    /// p(0), is refused.
    /// </summary>
    public static bool TryParse(string text, out Aggregation aggregation)
    {
        foreach (var (name, kind) in Names)
        {
            if (text == name)
            {
                aggregation = new Aggregation(kind, kind == AggregationKind.Med ? 50 : 0);
                return true;
            }
        }

        aggregation = default;
        if (!text.StartsWith("p(", StringComparison.Ordinal) || !text.EndsWith(')')
            || !double.TryParse(text.AsSpan(2, text.Length - 3), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
            || !(n >= 0 && n <= 100))
        {
            return false;
        }

        aggregation = OfPercentile(n);
        return true;
    }

    /// <summary>The notation that <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        foreach (var (name, kind) in Names)
        {
            if (Kind == kind)
            {
                return name;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"p({Percentile})");
    }
}
