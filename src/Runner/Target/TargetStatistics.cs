using System.Collections.Concurrent;

namespace LoadTesting.Runner.Target;

/// <summary>Counts what arrived, so that a report can be compared with what the server saw. Thread-safe.</summary>
public sealed class TargetStatistics
{
    /// <summary>Requests that the log keeps (for checks of a ramp, of interleaving, of percentiles); later ones are only counted.</summary>
    public const int MaxLogged = 500_000;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ConcurrentDictionary<string, int> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentDictionary<string, long> _counters = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<TargetLogEntry> _log = [];
    private long _requests;

    /// <summary>Starts counting; instants are nanoseconds from now.</summary>
    public TargetStatistics(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
    }

    /// <summary>Requests that arrived, those of <c>/stats</c> excepted.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests by method and path, e.g. <c>GET /json</c>.</summary>
    public IReadOnlyDictionary<string, int> Routes => _routes;

    /// <summary>Responses by status; 0 = the client went away before the answer.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <summary>What the simulated systems did, by their own count, e.g. <c>shop.sold</c>: the truth that a report is compared with.</summary>
    public IReadOnlyDictionary<string, long> Counters => _counters;

    /// <summary>Nanoseconds since the server's start: the clock of the log.</summary>
    public long Elapsed => (long)_time.GetElapsedTime(_origin).TotalNanoseconds;

    /// <summary>The requests in order of arrival, the first <see cref="MaxLogged"/> of them.</summary>
    public IReadOnlyList<TargetLogEntry> Log()
    {
        lock (_lock)
        {
            return [.. _log];
        }
    }

    /// <summary>Forgets everything counted so far.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _log.Clear();
        }

        Interlocked.Exchange(ref _requests, 0);
        _routes.Clear();
        _statuses.Clear();
        _counters.Clear();
    }

    internal void Count(string counter, long amount = 1) => _counters.AddOrUpdate(counter, amount, (_, n) => n + amount);

    internal TargetLogEntry Arrived(string method, string path, string query, string client)
    {
        Interlocked.Increment(ref _requests);
        TargetLogEntry entry;
        lock (_lock)
        {
            // Read under the lock: the log is in order of arrival.
            entry = new TargetLogEntry(Elapsed, method, path + query, client);
            if (_log.Count < MaxLogged)
            {
                _log.Add(entry);
            }
        }

        // Paths with ids would grow the table without bound; the first 1000 are enough to compare runs.
        if (_routes.Count < 1000 || _routes.ContainsKey($"{method} {path}"))
        {
            _routes.AddOrUpdate($"{method} {path}", 1, static (_, n) => n + 1);
        }

        return entry;
    }

    internal void Answered(int status) => _statuses.AddOrUpdate(status, 1, static (_, n) => n + 1);
}
