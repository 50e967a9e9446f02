using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Reporting;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Collection;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// Finds the earlier run that a test compares with, and reads its report from the evidence that it left. A baseline that is not to be had is none: thresholds on it then
/// have no samples, and do not pass.
/// </summary>
public sealed partial class Baselines(RunWorld world, ILogger logger)
{
    // A report that an immutable ConfigMap of 1 MiB holds is far smaller than this, compressed as it may be.
    private const int MostBytes = 64 << 20;

    /// <summary>Looks once for a session.</summary>
    public async Task LookAsync(LoadTestRun run, RunSession session, CancellationToken cancellation)
    {
        if (session.HasLookedForBaseline || session.Test.Spec.Baseline is not { } wanted)
        {
            return;
        }

        var earlier = world.RunsOf(run.Metadata.Namespace, run.Spec.LoadTestRef.Name)
            .Where(r => r.Metadata.Uid != run.Metadata.Uid && r.Status.Phase == Api.RunPhase.Finished && RunOrder.Compare(r, run) < 0)
            .Where(r => wanted.LastPassed ? r.Status.Verdict == nameof(Verdict.Passed) && HasSameChanges(r.Spec, run.Spec) : r.Metadata.Name == wanted.Run)
            .Order(Comparer<LoadTestRun>.Create(RunOrder.Compare))
            .LastOrDefault();
        var report = earlier?.Status.Evidence is { } evidence ? await ReadAsync(new NamespacedName(run.Metadata.Namespace!, evidence), cancellation) : null;
        session.Collector.Baseline = report is null ? null : RunBaseline.From(report, session.Test.Spec);
        session.HasLookedForBaseline = true;
        LogBaseline(run.Metadata.Namespace!, run.Metadata.Name!, session.Collector.Baseline?.Name ?? "none");
    }

    /// <summary>A run by hand with another target, other variables or another profile passed in another world than the runs of the test.</summary>
    private static bool HasSameChanges(Api.LoadTestRunSpec one, Api.LoadTestRunSpec other) =>
        one.Target == other.Target && one.Profile == other.Profile && JsonNode.DeepEquals(one.Variables, other.Variables);

    private async Task<RunReport?> ReadAsync(NamespacedName evidence, CancellationToken cancellation)
    {
        if (await world.Reader.FindAsync(Resources.ConfigMaps, evidence, cancellation) is not { } stored || !stored.BinaryData.TryGetValue(EvidenceStore.ReportKey, out var compressed))
        {
            return null;
        }

        if (Compressed.Unpack(compressed, MostBytes) is not { } text)
        {
            LogUnreadable(evidence.ToString(), $"it is no gzip, or of more than {MostBytes} bytes");
            return null;
        }

        var report = RunReportReader.Read(System.Text.Encoding.UTF8.GetString(text), out var error);
        if (report is null)
        {
            LogUnreadable(evidence.ToString(), error!);
        }

        return report;
    }

    [LoggerMessage(2030, LogLevel.Information, "Run {Namespace}/{Run} compares with {Baseline}")]
    private partial void LogBaseline(string @namespace, string run, string baseline);

    [LoggerMessage(2031, LogLevel.Warning, "The report in {Evidence} cannot be read: {Error}")]
    private partial void LogUnreadable(string evidence, string error);
}
