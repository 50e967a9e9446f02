namespace LoadTesting.Model.Spec;

/// <summary>What a field that may be written as <c>${…}</c> is once it was evaluated.</summary>
public enum LoadFieldKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A time with a unit.</summary>
    Duration,
}

/// <summary>The fields of a spec that say what load there is and may be written as <c>${…}</c>; see <see cref="LoadExpressions"/>.</summary>
public static class LoadFields
{
    private static readonly Dictionary<string, LoadFieldKind> OfScenarios = new(StringComparer.Ordinal)
    {
        ["vus"] = LoadFieldKind.Integer,
        ["iterations"] = LoadFieldKind.Integer,
        ["startVUs"] = LoadFieldKind.Integer,
        ["rate"] = LoadFieldKind.Integer,
        ["startRate"] = LoadFieldKind.Integer,
        ["preAllocatedVUs"] = LoadFieldKind.Integer,
        ["maxVUs"] = LoadFieldKind.Integer,
        ["duration"] = LoadFieldKind.Duration,
        ["maxDuration"] = LoadFieldKind.Duration,
        ["timeUnit"] = LoadFieldKind.Duration,
        ["startTime"] = LoadFieldKind.Duration,
        ["gracefulStop"] = LoadFieldKind.Duration,
        ["gracefulRampDown"] = LoadFieldKind.Duration,
        ["minIterationDuration"] = LoadFieldKind.Duration,
    };

    private static readonly Dictionary<string, LoadFieldKind> OfStages = new(StringComparer.Ordinal)
    {
        ["duration"] = LoadFieldKind.Duration,
        ["target"] = LoadFieldKind.Integer,
    };

    private static readonly Dictionary<string, LoadFieldKind> OfMixes = new(StringComparer.Ordinal) { ["weight"] = LoadFieldKind.Number };

    private static readonly Dictionary<string, LoadFieldKind> OfSpecs = new(StringComparer.Ordinal)
    {
        ["target"] = LoadFieldKind.Text,
        ["warmUp"] = LoadFieldKind.Duration,
        ["minIterationDuration"] = LoadFieldKind.Duration,
    };

    private static readonly Dictionary<string, LoadFieldKind> OfRunners = new(StringComparer.Ordinal) { ["replicas"] = LoadFieldKind.Integer };

    private static readonly Dictionary<string, LoadFieldKind> OfThresholds = new(StringComparer.Ordinal)
    {
        ["threshold"] = LoadFieldKind.Text,
        ["delayAbortEval"] = LoadFieldKind.Duration,
    };

    /// <summary>Fields of the spec itself.</summary>
    public static IReadOnlyDictionary<string, LoadFieldKind> Spec => OfSpecs;

    /// <summary>Fields of a scenario, of any executor.</summary>
    public static IReadOnlyDictionary<string, LoadFieldKind> Scenario => OfScenarios;

    /// <summary>Fields of a stage.</summary>
    public static IReadOnlyDictionary<string, LoadFieldKind> Stage => OfStages;

    /// <summary>Fields of an entry of <c>mix</c>.</summary>
    public static IReadOnlyDictionary<string, LoadFieldKind> Mix => OfMixes;

    /// <summary>Fields of <c>runners</c>.</summary>
    public static IReadOnlyDictionary<string, LoadFieldKind> Runners => OfRunners;

    /// <summary>Fields of a threshold in its object form.</summary>
    public static IReadOnlyDictionary<string, LoadFieldKind> Threshold => OfThresholds;
}
