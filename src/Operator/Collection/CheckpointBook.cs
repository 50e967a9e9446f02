using System.Globalization;
using LoadTesting.Metrics;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// What of a run's snapshots stands outside of this process, and what has to be written next. No clock, no I/O; may be told of a write while it is asked. Runners are kept on
/// pages of <see cref="RunnersPerPage"/>, a ConfigMap each: which page a runner is on follows from its index, so a successor finds it without a list.
/// </summary>
public sealed class CheckpointBook
{
    /// <summary>
    /// Runners of one page, the same in all versions, because a successor may be of another. The budget leaves each 225 KiB: packed, a test of one request has 7, and every further
    /// request some more.
    /// </summary>
    public const int RunnersPerPage = 4;

    /// <summary>Most packed bytes of a page: a ConfigMap holds 1 MiB.</summary>
    public const int PageBudget = 900 * 1024;

    /// <summary>How often what can still be had again is written.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // Large runs are written less often: what they cost the API server has a limit, and what is lost with runner and operator at once is stated as lost coverage.
    private const double BytesPerSecond = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly CheckpointPage[] _pages;
    private readonly Dictionary<(int Worker, int Incarnation), long> _written = [];
    private DateTimeOffset? _next;

    /// <param name="workers">How many runners the run has.</param>
    public CheckpointBook(int workers) => _pages = [.. Enumerable.Range(0, (workers + RunnersPerPage - 1) / RunnersPerPage).Select(n => new CheckpointPage(n))];

    /// <summary>All pages, by number.</summary>
    public IReadOnlyList<CheckpointPage> Pages => _pages;

    /// <summary>What is being written beside the run's passes.</summary>
    public Task Writing { get; set; } = Task.CompletedTask;

    /// <summary>The page of a snapshot; null for one of a runner that the run does not have.</summary>
    public CheckpointPage? PageOf(WorkerSnapshot snapshot) => _pages.ElementAtOrDefault(snapshot.Worker / RunnersPerPage);

    /// <summary>Nobody can have stored anything yet: the load has not begun, or this process was there when it did.</summary>
    public void NothingStored()
    {
        foreach (var page in _pages)
        {
            page.Read(null, []);
        }
    }

    /// <summary>The key of a snapshot on its page.</summary>
    public static string Key(int worker, int incarnation) => incarnation == 0
        ? string.Create(CultureInfo.InvariantCulture, $"runner-{worker}.pb.gz")
        : string.Create(CultureInfo.InvariantCulture, $"runner-{worker}-r{incarnation}.pb.gz");

    /// <summary>
    /// What has to be written now. What cannot be had again is due at once, and with nothing else, so that it is short; everything else when its time has come.
    /// </summary>
    /// <param name="now">The present instant.</param>
    /// <param name="latest">The latest snapshots of all incarnations.</param>
    /// <param name="isBeyondReach">Whether the runner that said it may never say anything again.</param>
    public CheckpointDue Due(DateTimeOffset now, IEnumerable<WorkerSnapshot> latest, Func<WorkerSnapshot, bool> isBeyondReach)
    {
        lock (_gate)
        {
            var newer = latest.Where(s => s.OffsetNanoseconds >= 0 && (!_written.TryGetValue((s.Worker, s.Incarnation), out var sequence) || sequence < s.Sequence)).ToList();
            if (newer.Where(isBeyondReach).ToList() is { Count: > 0 } urgent)
            {
                return new CheckpointDue(urgent, IsUrgent: true);
            }

            if (newer.Count == 0)
            {
                return CheckpointDue.Nothing;
            }

            _next ??= now + Every;
            return now < _next ? CheckpointDue.Nothing : new CheckpointDue(newer, IsUrgent: false);
        }
    }

    /// <summary>A round of <paramref name="bytes"/> packed bytes was written: when the next one may begin.</summary>
    public void Began(DateTimeOffset at, long bytes)
    {
        lock (_gate)
        {
            _next = at + TimeSpan.FromSeconds(Math.Max(Every.TotalSeconds, bytes / BytesPerSecond));
        }
    }

    /// <summary>A snapshot is written.</summary>
    public void Wrote(WorkerSnapshot snapshot)
    {
        lock (_gate)
        {
            _written[(snapshot.Worker, snapshot.Incarnation)] = snapshot.Sequence;
        }
    }
}

/// <summary>What has to be written.</summary>
/// <param name="Snapshots">The snapshots.</param>
/// <param name="IsUrgent">Before the run goes on: nobody else has them.</param>
public sealed record CheckpointDue(IReadOnlyList<WorkerSnapshot> Snapshots, bool IsUrgent)
{
    /// <summary>Nothing is due.</summary>
    public static CheckpointDue Nothing { get; } = new([], false);
}
