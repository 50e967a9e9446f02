namespace LoadTesting.Metrics;

/// <summary>A series and what it has come to.</summary>
public readonly record struct Series(SeriesKey Key, SeriesValue Value);
