using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Reconciling;

/// <summary>The caches, and the way to the API server behind them.</summary>
/// <param name="Tests">LoadTests.</param>
/// <param name="Runs">LoadTestRuns, indexed by <see cref="TestIndex"/> and owner.</param>
/// <param name="Pods">Runner Pods, indexed by owner.</param>
/// <param name="Reader">Reads past the caches.</param>
/// <param name="Writer">Changes desired state.</param>
/// <param name="Status">Changes observed state.</param>
public sealed record RunWorld(Store<LoadTest> Tests, Store<LoadTestRun> Runs, Store<Pod> Pods, IReader Reader, IWriter Writer, IStatusWriter Status)
{
    /// <summary>Index of runs by namespace and name of their test.</summary>
    public const string TestIndex = "test";

    /// <summary>Key of <see cref="TestIndex"/>.</summary>
    public static string TestKey(string? space, string test) => $"{space}/{test}";

    /// <summary>The runs of a test, whoever made them.</summary>
    public IReadOnlyList<LoadTestRun> RunsOf(string? space, string test) => Runs.FindBy(TestIndex, TestKey(space, test));

    /// <summary>A run's test; null when it is gone.</summary>
    public LoadTest? TestOf(LoadTestRun run) => Tests.Find(new NamespacedName(run.Metadata.Namespace!, run.Spec.LoadTestRef.Name));

    /// <summary>Whether an older run of the same test is not finished: two at once would measure each other.</summary>
    public bool MustQueue(LoadTestRun run) => RunsOf(run.Metadata.Namespace, run.Spec.LoadTestRef.Name)
        .Any(other => other.Metadata.Uid != run.Metadata.Uid && other.Status.Phase != RunPhase.Finished && RunOrder.Compare(other, run) < 0);
}

/// <summary>The order in which runs of a test were asked for.</summary>
internal static class RunOrder
{
    /// <summary>By creation, then by name, because the server's clock has a resolution of 1 s.</summary>
    public static int Compare(LoadTestRun left, LoadTestRun right)
    {
        var byTime = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        return byTime != 0 ? byTime : string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name);
    }
}
