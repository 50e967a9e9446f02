using System.Collections.Concurrent;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Telemetry;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Tells a run's own Pods from those that only name it as an owner. The latter are neither spoken to nor counted nor deleted; each is counted and logged
/// once. Safe for concurrent use.
/// </summary>
public sealed partial class ForeignPods(RunMetrics metrics, ILogger logger)
{
    // Whoever makes Pods without end makes them count twice at worst.
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    /// <summary>The run's own among the Pods that name its uid.</summary>
    public IReadOnlyList<Pod> Without(LoadTestRun run, IReadOnlyList<Pod> pods)
    {
        if (pods.All(p => Ownership.FaultOf(run, p) is null))
        {
            return pods;
        }

        foreach (var pod in pods)
        {
            if (Ownership.FaultOf(run, pod) is { } fault)
            {
                Tell(run, pod, fault);
            }
        }

        return [.. pods.Where(p => Ownership.FaultOf(run, p) is null)];
    }

    private void Tell(LoadTestRun run, Pod pod, PodFault fault)
    {
        if (_told.Count >= MostRemembered)
        {
            _told.Clear();
        }

        if (_told.TryAdd($"{run.Metadata.Uid}/{pod.Metadata.Uid}", true))
        {
            metrics.PodIgnored(fault);
            LogForeign(NamespacedName.Of(pod), NamespacedName.Of(run), fault switch
            {
                PodFault.Namespace => "it is in another namespace",
                PodFault.Owner => "the run is not its controller",
                _ => "the operator gives no such name",
            });
        }
    }

    [LoggerMessage(2013, LogLevel.Warning, "Pod {Pod} names run {Run} as its owner and is not taken for the run's own: {Fault}")]
    private partial void LogForeign(NamespacedName pod, NamespacedName run, string fault);
}
