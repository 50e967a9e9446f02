using System.IO.Compression;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// Keeps the last words of a run's runners where a successor of this process finds them: ConfigMaps that the run owns, one per page of <see cref="CheckpointBook"/>, each
/// entry an exposition in protobuf, packed. Writes carry the version that was read, so that an operator that no longer leads cannot put old words over newer ones.
/// </summary>
public sealed partial class CheckpointStore(IReader reader, IWriter writer, TimeProvider time, ILogger logger)
{
    /// <summary>Takes in what an earlier process, or another one, stored; costs nothing when there is nothing new to read.</summary>
    public async Task RestoreAsync(LoadTestRun run, RunSession session, CancellationToken cancellation)
    {
        if (session.Checkpoints.Pages.All(p => !p.MustRead))
        {
            return;
        }

        await session.Checkpoints.Writing;
        var found = await Task.WhenAll(session.Checkpoints.Pages.Where(p => p.MustRead).Select(async page =>
            (Page: page, Stored: await reader.FindAsync(Resources.ConfigMaps, Name(run, page), cancellation))));
        foreach (var (page, stored) in found)
        {
            if (stored is not null && !Ownership.IsOf(run, stored))
            {
                page.LeaveAlone();
                LogForeign(Name(run, page).ToString());
                continue;
            }

            page.Read(stored?.Metadata.ResourceVersion, (stored?.BinaryData ?? new Dictionary<string, byte[]>()).Select(e => (e.Key, e.Value.Length)));
            var snapshots = (stored?.BinaryData ?? new Dictionary<string, byte[]>()).Select(e => Read(run, e.Key, e.Value)).OfType<WorkerSnapshot>();
            foreach (var snapshot in snapshots.Where(s => session.Checkpoints.PageOf(s) == page).OrderBy(s => s.Worker).ThenBy(s => s.Incarnation))
            {
                if (session.Restore(snapshot, Instants.Read(run.Status.StartTime)) is { } refusal)
                {
                    LogUnreadable(run.Metadata.Name!, CheckpointBook.Key(snapshot.Worker, snapshot.Incarnation), refusal.ToString());
                    continue;
                }

                session.Checkpoints.Wrote(snapshot);
            }
        }
    }

    /// <summary>
    /// Writes what is due. What nobody else has is written when this returns, or was tried to; the rest is written beside the run's passes. A failure stops no run: the next pass tries
    /// again, and what is missing in the end is stated as lost coverage.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="session">Its session.</param>
    /// <param name="isBeyondReach">Whether the runner that said it may never say anything again.</param>
    public async Task SaveAsync(LoadTestRun run, RunSession session, Func<WorkerSnapshot, bool> isBeyondReach)
    {
        var book = session.Checkpoints;
        var due = book.Due(time.GetUtcNow(), session.Collector.Workers.All, isBeyondReach);
        if (due.Snapshots.Count == 0)
        {
            return;
        }

        if (due.IsUrgent)
        {
            await book.Writing;
            await WriteAsync(run, book, due);
        }
        else if (book.Writing.IsCompleted)
        {
            book.Writing = Task.Run(() => WriteAsync(run, book, due));
        }
    }

    /// <summary>
    /// Empties the ConfigMaps of a run whose evidence is stored: they live as long as the run is kept, and nobody needs them any more. Tried once.
    /// </summary>
    public async Task ClearAsync(LoadTestRun run, RunSession session)
    {
        await session.Checkpoints.Writing;
        await Task.WhenAll(session.Checkpoints.Pages.Where(p => p is { HasEntries: true, IsForeign: false }).Select(async page =>
        {
            try
            {
                var empty = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = page.Version }, ["binaryData"] = null };
                await writer.PatchAsync(Resources.ConfigMaps, Name(run, page), empty, CancellationToken.None);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException)
            {
                LogNotCleared(Name(run, page).ToString(), e.Message);
            }

            page.Read(null, []);
        }));
    }

    private async Task WriteAsync(LoadTestRun run, CheckpointBook book, CheckpointDue due)
    {
        var bytes = await Task.WhenAll(due.Snapshots.GroupBy(s => book.PageOf(s)!).Where(g => g.Key is { MustRead: false, IsForeign: false }).Select(async group =>
        {
            var packed = group.Select(s => (Snapshot: s, Key: CheckpointBook.Key(s.Worker, s.Incarnation), Content: Pack(s))).ToList();
            try
            {
                await WriteAsync(run, book, group.Key, packed, due.IsUrgent);
            }
            catch (ApiException e) when (e.Error.IsConflict || e.Error.IsNotFound || e.Error.IsAlreadyExists)
            {
                group.Key.Lost();
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException)
            {
                LogNotWritten(Name(run, group.Key).ToString(), e.Message);
            }

            return packed.Sum(p => (long)p.Content.Length);
        }));
        if (!due.IsUrgent)
        {
            book.Began(time.GetUtcNow(), bytes.Sum());
        }
    }

    private async Task WriteAsync(LoadTestRun run, CheckpointBook book, CheckpointPage page, List<(WorkerSnapshot Snapshot, string Key, byte[] Content)> packed, bool isUrgent)
    {
        var (write, giveUp) = page.Fit(packed.Select(p => (p.Key, p.Content.Length, isUrgent)));
        var fitting = packed.Where(p => write.Contains(p.Key)).ToList();
        if (fitting.Count < packed.Count || giveUp.Count > 0)
        {
            LogFull(Name(run, page).ToString(), packed.Count - fitting.Count + giveUp.Count);
        }

        if (fitting.Count == 0)
        {
            return;
        }

        var name = Name(run, page);
        // Not bound to a pass: what a runner said last is worth more than a prompt end of this process.
        var stored = page.Version is { } version
            ? await writer.PatchAsync(Resources.ConfigMaps, name, Patch(version, fitting, giveUp), CancellationToken.None)
            : await writer.CreateAsync(
                Resources.ConfigMaps,
                new ConfigMap { Metadata = SupportingObjects.Meta(run, name.Name), BinaryData = fitting.ToDictionary(p => p.Key, p => p.Content, StringComparer.Ordinal) },
                CancellationToken.None);
        page.Wrote(stored.Metadata.ResourceVersion, fitting.Select(p => (p.Key, p.Content.Length, isUrgent)), giveUp);
        foreach (var (snapshot, _, _) in fitting)
        {
            book.Wrote(snapshot);
        }
    }

    private static JsonObject Patch(string version, List<(WorkerSnapshot Snapshot, string Key, byte[] Content)> write, IReadOnlyList<string> giveUp) => new()
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = version },
        ["binaryData"] = new JsonObject(
        [
            .. write.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, Convert.ToBase64String(p.Content))),
            .. giveUp.Except(write.Select(p => p.Key)).Select(key => KeyValuePair.Create<string, JsonNode?>(key, null)),
        ]),
    };

    private static byte[] Pack(WorkerSnapshot snapshot) => Compressed.Pack(ExpositionWriter.Write(snapshot, ExpositionFormat.Protobuf), CompressionLevel.Fastest);

    private WorkerSnapshot? Read(LoadTestRun run, string key, byte[] packed)
    {
        var content = Compressed.Unpack(packed, ExpositionReader.MaxBytes);
        var read = content is null ? null : ExpositionReader.Read(content, ExpositionFormat.Protobuf);
        if (read?.Snapshot is { } snapshot && key == CheckpointBook.Key(snapshot.Worker, snapshot.Incarnation))
        {
            return snapshot;
        }

        LogUnreadable(run.Metadata.Name!, key, read?.Error ?? "it is not what its key says");
        return null;
    }

    private static NamespacedName Name(LoadTestRun run, CheckpointPage page) => new(run.Metadata.Namespace!, Names.Checkpoint(run.Metadata.Name!, page.Number));

    [LoggerMessage(2040, LogLevel.Warning, "ConfigMap {Name} was not written, and is tried again: {Message}")]
    private partial void LogNotWritten(string name, string message);

    [LoggerMessage(2044, LogLevel.Information, "ConfigMap {Name} was not emptied, and goes with its run: {Message}")]
    private partial void LogNotCleared(string name, string message);

    [LoggerMessage(2041, LogLevel.Warning, "ConfigMap {Name} is full: the last words of {Count} runners are only in memory")]
    private partial void LogFull(string name, int count);

    [LoggerMessage(2042, LogLevel.Warning, "ConfigMap {Name} belongs to somebody else: the runners' last words are only in memory")]
    private partial void LogForeign(string name);

    [LoggerMessage(2043, LogLevel.Warning, "The checkpoint of run {Run} has an entry {Key} that cannot be read: {Message}")]
    private partial void LogUnreadable(string run, string key, string message);
}
