using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Workloads;

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

    /// <summary>
    /// Whether another run of the same test has begun, or was asked for earlier and is not held back: two at once would measure each other.
    /// </summary>
    public bool MustQueue(LoadTestRun run) => RunsOf(run.Metadata.Namespace, run.Spec.LoadTestRef.Name)
        .Any(other => other.Metadata.Uid != run.Metadata.Uid && other.Status.Phase != RunPhase.Finished
            && (HasBegun(other) || (RunOrder.Compare(other, run) < 0 && !IsHeldBack(other))));

    /// <summary>Whether spec.suspend of its test keeps a run from beginning. One that was made by hand, somebody wants now.</summary>
    public bool IsHeldBack(LoadTestRun run) => !HasBegun(run) && TestOf(run) is { } test && test.Spec?["suspend"] is JsonValue value
        && value.TryGetValue(out bool isSuspended) && isSuspended && TestObserver.SequenceOf(run, test) is not null;

    /// <summary>Whether a run is under way: its Pods are made, or send load, or are wound up.</summary>
    internal static bool HasBegun(LoadTestRun run) => run.Status.Phase is RunPhase.Preparing or RunPhase.Running or RunPhase.Evaluating;
}

/// <summary>The order in which runs of a test were asked for.</summary>
internal static class RunOrder
{
    /// <summary>
    /// By creation; within the second that the server's clock tells apart, by number; then by name. In this order also for the test's own runs, although
    /// their number alone would do: an order that compares some by number and others by time can go round in a circle, and then all of them would wait
    /// for each other.
    /// </summary>
    public static int Compare(LoadTestRun left, LoadTestRun right)
    {
        var byTime = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        var byNumber = byTime != 0 ? byTime : Number(left).CompareTo(Number(right));
        return byNumber != 0 ? byNumber : string.CompareOrdinal(left.Metadata.Name, right.Metadata.Name);
    }

    private static long Number(LoadTestRun run) =>
        TestObserver.Number(run.Metadata.Annotations.GetValueOrDefault(Labels.Sequence)) ?? 0;
}
