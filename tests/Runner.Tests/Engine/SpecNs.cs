using System.Text.Json;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Tests.Engine;

/// <summary>Short hands for specs in tests.</summary>
internal static class SpecNs
{
    public static Duration Ms(long milliseconds) => new(milliseconds * 1_000_000);

    public static TimeSpan After(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    public static Duration Ns(this JsonElement element, string property, long orElse = 0) =>
        new(element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : orElse);

    public static long Int(this JsonElement element, string property, long orElse = 0) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : orElse;

    public static IReadOnlyList<Stage> Stages(this JsonElement element) =>
        [.. element.GetProperty("stages").EnumerateArray().Select(s => new Stage(s.Ns("duration_ns"), s.Int("target")))];

    /// <summary>The case's iteration time; null in the case = never ends.</summary>
    public static TimeSpan? IterationTime(this JsonElement element) =>
        element.TryGetProperty("iterationDuration_ns", out var value) && value.ValueKind == JsonValueKind.Number ? new Duration(value.GetInt64()).ToTimeSpan() : null;

    public static JsonElement Named(this IReadOnlyList<JsonElement> cases, string test) => cases.First(c => c.GetProperty("test").GetString() == test && c.TryGetProperty("expect", out _));
}
