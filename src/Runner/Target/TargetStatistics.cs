using System.Collections.Concurrent;

namespace LoadTesting.Runner.Target;

/// <summary>Counts what arrived, so that a report can be compared with what the server saw. Thread-safe.</summary>
public sealed class TargetStatistics
{
    /// <summary>Arrivals whose instants are kept (for checks of a ramp or of interleaving); later ones are only counted.</summary>
    public const int MaxArrivals = 1_000_000;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ConcurrentDictionary<string, int> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentDictionary<string, long> _counters = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<long> _arrivals = [];
    private long _requests;

    /// <summary>Starts counting; arrival instants are nanoseconds from now.</summary>
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

    /// <summary>Arrival instants in nanoseconds since the server's start, in order of arrival.</summary>
    public IReadOnlyList<long> Arrivals()
    {
        lock (_lock)
        {
            return [.. _arrivals];
        }
    }

    /// <summary>Forgets everything counted so far.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _arrivals.Clear();
        }

        Interlocked.Exchange(ref _requests, 0);
        _routes.Clear();
        _statuses.Clear();
        _counters.Clear();
    }

    internal void Count(string counter, long amount = 1) => _counters.AddOrUpdate(counter, amount, (_, n) => n + amount);

    internal void Arrived(string method, string path)
    {
        Interlocked.Increment(ref _requests);
        var at = (long)_time.GetElapsedTime(_origin).TotalNanoseconds;
        lock (_lock)
        {
            if (_arrivals.Count < MaxArrivals)
            {
                _arrivals.Add(at);
            }
        }

        // Paths with ids would grow the table without bound; the first 1000 are enough to compare runs.
        if (_routes.Count < 1000 || _routes.ContainsKey($"{method} {path}"))
        {
            _routes.AddOrUpdate($"{method} {path}", 1, static (_, n) => n + 1);
        }
    }

    internal void Answered(int status) => _statuses.AddOrUpdate(status, 1, static (_, n) => n + 1);
}
