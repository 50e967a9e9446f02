namespace LoadTesting.Operator.Workloads;

/// <summary>Labels and annotations of what the operator makes.</summary>
public static class Labels
{
    /// <summary>Whose object it is; the operator's cache of Pods holds only those with <see cref="Manager"/>.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Value of <see cref="ManagedBy"/>.</summary>
    public const string Manager = "loadtest-operator";

    /// <summary>What the Pod is.</summary>
    public const string App = "app.kubernetes.io/name";

    /// <summary>Value of <see cref="App"/> of runner Pods.</summary>
    public const string Runner = "loadtest-runner";

    /// <summary>Value of <see cref="App"/> of Pods of jobs.</summary>
    public const string Job = "loadtest-job";

    /// <summary>Of a job: setup, verify or teardown.</summary>
    public const string Stage = "loadtest.dev/stage";

    /// <summary>Name of the LoadTest; cut where it is longer than a label's value may be.</summary>
    public const string Test = "loadtest.dev/test";

    /// <summary>Name of the LoadTestRun.</summary>
    public const string Run = "loadtest.dev/run";

    /// <summary>0-based index of the runner.</summary>
    public const string Index = "loadtest.dev/runner-index";

    /// <summary>Annotation of a LoadTest: any new value starts a run.</summary>
    public const string Rerun = "loadtest.dev/rerun";

    /// <summary>Annotation of a LoadTestRun: the test's generation that it was made for.</summary>
    public const string Generation = "loadtest.dev/generation";

    /// <summary>Annotation of a LoadTestRun that the operator made: its number among those of the test.</summary>
    public const string Sequence = "loadtest.dev/sequence";

    /// <summary>Annotation of a LoadTestRun that the operator made: digest of the last value of <see cref="Rerun"/>.</summary>
    public const string RerunOf = "loadtest.dev/rerun-of";

    /// <summary>Annotation of a LoadTestRun that an operator before sequences made: digest of spec and rerun annotation.</summary>
    public const string Cause = "loadtest.dev/cause";

    /// <summary>Annotation of a LoadTestRun that was stopped for a newer spec: the run of that.</summary>
    public const string ReplacedBy = "loadtest.dev/replaced-by";

    /// <summary>Selects what the operator made.</summary>
    public const string ManagedSelector = ManagedBy + "=" + Manager;

    /// <summary>The labels of everything that belongs to a run.</summary>
    public static Dictionary<string, string> Of(string test, string run) => new(StringComparer.Ordinal)
    {
        [ManagedBy] = Manager,
        [Test] = Value(test),
        [Run] = Value(run),
    };

    /// <summary>A name as label value: at most 63 characters, ending in a letter or digit.</summary>
    public static string Value(string name) => name.Length <= 63 ? name : name[..63].TrimEnd('-', '.');
}
