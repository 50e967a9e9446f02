using System.Globalization;

namespace LoadTesting.Model.Spec;

/// <summary>k6's load options of one layer (file, script, environment, command line). Null = not given there.</summary>
public sealed record LoadOptions
{
    /// <summary>VUs.</summary>
    public long? Vus { get; init; }

    /// <summary>How long the load lasts.</summary>
    public Duration? Duration { get; init; }

    /// <summary>Iterations in all.</summary>
    public long? Iterations { get; init; }

    /// <summary>A ramp; an empty list is explicitly none.</summary>
    public IReadOnlyList<Stage>? Stages { get; init; }

    /// <summary>Scenarios; an empty map is explicitly none.</summary>
    public OrderedMap<ScenarioSpec>? Scenarios { get; init; }

    /// <summary>Tags on every sample.</summary>
    public OrderedMap<string>? Tags { get; init; }

    /// <summary>Whether a higher layer wiped scenarios of a lower one by a short form: worth a warning.</summary>
    internal bool ReplacesScenarios { get; init; }

    /// <summary>Whether the layer says how much load there is, which makes it replace what lower layers say about that.</summary>
    internal bool ShapesLoad => Duration is not null || Iterations is not null || Stages is not null || Scenarios is not null;

    /// <summary>Reads k6's short form of stages, <c>30s:10,1m:0</c>; durations need a unit. An empty text is an empty list. False for anything else.</summary>
    public static bool TryParseStages(string text, out IReadOnlyList<Stage> stages)
    {
        var read = new List<Stage>();
        stages = read;
        if (text.Length == 0)
        {
            return true;
        }

        foreach (var part in text.Split(','))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0
                || !Spec.Duration.TryParseWithUnit(part[..colon].Trim(), out var duration)
                || !long.TryParse(part.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var target))
            {
                return false;
            }

            read.Add(new Stage(duration, target));
        }

        return true;
    }
}
