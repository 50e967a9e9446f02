using System.Text;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// Stores what a run leaves behind before its Pods go: a ConfigMap that the run owns, each entry gzip-compressed. <c>report.json.gz</c> (with the one-second series),
/// <c>spec.json.gz</c> (the effective manifest), <c>metrics.pb.gz</c> (merged histograms as Prometheus protobuf), <c>runner-N.log.gz</c> and <c>job-STAGE-N.log.gz</c> (last lines).
/// </summary>
public sealed class EvidenceStore(IReader reader, IWriter writer, IPodLogs logs, TimeProvider time)
{
    /// <summary>Key of the report.</summary>
    public const string ReportKey = "report.json.gz";

    /// <summary>Lines kept of each runner's log.</summary>
    public const int LogLines = 50;

    // A ConfigMap holds 1 MiB; base64 on the wire takes a third more and etcd refuses 1.5 MiB.
    private const int Budget = 900 * 1024;
    private const int LogRunners = 20;
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(3);

    /// <summary>Stores it; what exists already was stored by an earlier attempt.</summary>
    public async Task StoreAsync(LoadTestRun run, RunSession session, VerdictDecision outcome, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var name = Names.Evidence(run.Metadata.Name!);
        var data = Fit(Entries(run, session, outcome).Concat(await LogsAsync(run, pods, cancellation)));
        var what = $"ConfigMap {name}";
        try
        {
            await writer.CreateAsync(Resources.ConfigMaps, new ConfigMap { Metadata = SupportingObjects.Meta(run, name), BinaryData = data, Immutable = true }, cancellation);
        }
        catch (ApiException e) when (e.Error.IsAlreadyExists)
        {
            var present = await reader.FindAsync(Resources.ConfigMaps, new NamespacedName(run.Metadata.Namespace!, name), cancellation);
            if (present is not null && !Ownership.IsOf(run, present))
            {
                session.MissesEvidence(Obstacle.Taken(what));
                return;
            }
        }
        catch (Exception e) when (ExpectedFailure.Is(e) && !cancellation.IsCancellationRequested)
        {
            var obstacle = ApiObstacles.Of(e, what);
            session.MissesEvidence(obstacle);
            if (obstacle.Hope == Hope.Retry)
            {
                throw;
            }

            return;
        }

        session.HasEvidence();
    }

    private static IEnumerable<(string Key, byte[] Content)> Entries(LoadTestRun run, RunSession session, VerdictDecision outcome)
    {
        var report = Reports.Of(run, session, outcome);
        yield return (ReportKey, Encoding.UTF8.GetBytes(RunReportJson.Write(report)));
        yield return ("spec.json.gz", SpecJson.ToUtf8(session.Test.Manifest, indented: true));
        var merged = new WorkerSnapshot(0, 0, session.Load?.Nanoseconds ?? 0, isFinal: true, session.Collector.Total);
        yield return ("metrics.pb.gz", ExpositionWriter.Write(merged, ExpositionFormat.Protobuf));
    }

    private async Task<IEnumerable<(string Key, byte[] Content)>> LogsAsync(LoadTestRun run, IReadOnlyList<Pod> pods, CancellationToken cancellation)
    {
        var byIndex = pods.OrderBy(p => p.Metadata.Name!.Length).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal).Take(LogRunners);
        var read = await Task.WhenAll(byIndex.Select(async pod =>
        {
            var (container, kind) = pod.Metadata.Labels.GetValueOrDefault(Labels.App) == Labels.Job ? (JobPod.Container, "job") : (RunnerPod.Container, "runner");
            using var limit = new CancellationTokenSource(LogPatience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            string text;
            try
            {
                text = await logs.ReadLogAsync(NamespacedName.Of(pod), new PodLogOptions { Container = container, TailLines = LogLines, LimitBytes = 64 * 1024 }, either.Token);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                text = $"the log could not be read: {e.Message}";
            }

            return ($"{kind}-{pod.Metadata.Name![(run.Metadata.Name!.Length + 1)..]}.log.gz", Encoding.UTF8.GetBytes(text));
        }));
        return read;
    }

    /// <summary>Compresses, and leaves out what no longer fits; the first entries are the most important ones.</summary>
    private static Dictionary<string, byte[]> Fit(IEnumerable<(string Key, byte[] Content)> entries)
    {
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var left = Budget;
        foreach (var (key, content) in entries)
        {
            var compressed = Compressed.Pack(content);
            if (compressed.Length <= left)
            {
                data[key] = compressed;
                left -= compressed.Length;
            }
        }

        return data;
    }
}
