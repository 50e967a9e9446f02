using System.Text.Json;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Observing;

/// <summary>
/// Counts what happens to the target's Pods from T0 on, out of looks at all of them. No clock, no I/O. What it knows can be written down and read by the next process: whatever happened between
/// two looks is found by their difference, however far apart they are. Not synchronised.
/// </summary>
public sealed class PodLedger
{
    /// <summary>Name of the mark that each deletion sets.</summary>
    public const string DeletedMark = "pod-deleted";

    /// <summary>Name of the mark that each restart of a container sets.</summary>
    public const string RestartedMark = "container-restarted";

    private const int MostMarks = 100;

    private Memory _memory = new();
    private string? _written;

    /// <summary>Whether there was a look, by this process or one before it.</summary>
    public bool HasLooked { get; private set; }

    /// <summary>The totals since T0 and the present state; null before the first Pod was seen.</summary>
    public PodsReading? Reading { get; private set; }

    /// <summary>What happened, in order; at most 100.</summary>
    public IReadOnlyList<Happening> Happenings => [.. _memory.Events.Select(e => new Happening(new Duration(e.At), e.Text))];

    /// <summary>The marks that follow from it.</summary>
    public IReadOnlyList<RunMark> Marks => [.. _memory.Events.Where(e => e.Mark.Length > 0).Select(e => new RunMark(e.Mark, new Duration(e.At)))];

    /// <summary>All that the next process must know; the same text as long as nothing changes. Null before the first look.</summary>
    public string? Written => !HasLooked ? null : _written ??= JsonSerializer.Serialize(_memory, MemoryJson.Default.Memory);

    /// <summary>Takes up what an earlier process wrote; a text that cannot be read is none.</summary>
    public void Restore(string? written)
    {
        if (HasLooked || written is null)
        {
            return;
        }

        try
        {
            var known = JsonSerializer.Deserialize(written, MemoryJson.Default.Memory);
            (_memory, HasLooked) = (known ?? new Memory(), known is not null);
        }
        catch (JsonException)
        {
            // Not ours, or of another version: as if nothing had been seen.
            _memory = new Memory();
        }
    }

    /// <summary>Looks at all Pods that the selector accepts.</summary>
    /// <param name="pods">They.</param>
    /// <param name="load">Time since T0; what is seen before it only is the state from which is counted.</param>
    public void Look(IReadOnlyList<PodGlance> pods, Duration load)
    {
        var counts = HasLooked && load >= Duration.Zero;
        var before = _memory.Pods.ToDictionary(p => p.Uid, StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            if (counts)
            {
                Compare(pod, before.GetValueOrDefault(pod.Uid), load);
            }
        }

        var present = pods.Select(p => p.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in counts ? _memory.Pods.Where(p => !p.IsDeleting && !present.Contains(p.Uid)) : [])
        {
            Deleted(gone.Name, load);
        }

        _memory.Pods = [.. pods.OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Uid, StringComparer.Ordinal).Select(p => Known(p, before.GetValueOrDefault(p.Uid), counts))];
        (HasLooked, _written) = (true, null);
        if (pods.Count > 0 || Reading is not null || _memory.HasSeenPods)
        {
            _memory.HasSeenPods = true;
            var old = _memory.Pods.Where(p => p.IsOld).Select(p => p.Uid).ToHashSet(StringComparer.Ordinal);
            Reading = new PodsReading(
                _memory.Restarts,
                _memory.OomKills,
                _memory.Deletions,
                pods.Count(p => p.State == PodState.Ready),
                pods.Count(p => p.State is PodState.Unready or PodState.Deleting || (p.State == PodState.Failed && !old.Contains(p.Uid))));
        }
    }

    private void Compare(PodGlance pod, KnownPod? known, Duration load)
    {
        foreach (var container in pod.Containers)
        {
            // A Pod that was not there before is new: all that happened to it happened since.
            var was = known?.Containers.FirstOrDefault(c => c.Name == container.Name);
            var restarts = container.Restarts - (was?.Restarts ?? 0);
            var isNewEnd = container.EndKey.Length > 0 && container.EndKey != (was?.EndKey ?? "");
            var how = container.LastEnd is { } end ? $" ({(string.IsNullOrEmpty(end.Reason) ? "" : end.Reason + ", ")}exit code {end.ExitCode})" : "";
            if (isNewEnd && container.LastEnd!.Reason == "OOMKilled")
            {
                _memory.OomKills++;
            }

            if (restarts > 0)
            {
                _memory.Restarts += restarts;
                Happened(load, RestartedMark, $"container {container.Name} of Pod {pod.Name} restarted{(restarts > 1 ? $" {restarts} times" : "")}{how}");
            }
            else if (isNewEnd && container.LastEnd!.ExitCode != 0)
            {
                Happened(load, "", $"container {container.Name} of Pod {pod.Name} ended{how}");
            }
        }

        if (pod.State == PodState.Deleting && known is not { IsDeleting: true })
        {
            Deleted(pod.Name, load);
        }
    }

    private void Deleted(string name, Duration load)
    {
        _memory.Deletions++;
        Happened(load, DeletedMark, $"Pod {name} was deleted");
    }

    private void Happened(Duration load, string mark, string text)
    {
        if (_memory.Events.Count < MostMarks)
        {
            _memory.Events.Add(new KnownEvent { At = load.Nanoseconds, Mark = mark, Text = text });
        }
    }

    private static KnownPod Known(PodGlance pod, KnownPod? before, bool counts) => new()
    {
        Uid = pod.Uid,
        Name = pod.Name,
        IsDeleting = pod.State == PodState.Deleting,
        // What had failed before T0 is no fault of the load.
        IsOld = pod.State == PodState.Failed && (counts ? before?.IsOld ?? false : true),
        Containers = [.. pod.Containers.Where(c => c.Restarts > 0 || c.LastEnd is not null).Select(c => new KnownContainer { Name = c.Name, Restarts = c.Restarts, EndKey = c.EndKey })],
    };
}
