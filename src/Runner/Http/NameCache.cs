using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LoadTesting.Runner.Http;

/// <summary>
/// Names looked up once for five minutes and for all virtual users (k6's defaults: <c>dns.ttl</c> 5m, <c>select</c> random, <c>policy</c> preferIPv4). Failures are not kept.
/// </summary>
internal sealed class NameCache
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    public NameCache(TimeProvider time)
    {
        _time = time;
    }

    /// <summary>One address of the name; a <see cref="SocketException"/> when there is none.</summary>
    public async ValueTask<IPAddress> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return literal;
        var now = _time.GetTimestamp();
        if (!_entries.TryGetValue(host, out var entry) || _time.GetElapsedTime(entry.At, now) >= Lifetime || entry.Lookup.IsFaulted)
        {
            var fresh = new Entry(now, LookUpAsync(host));
            entry = _entries.AddOrUpdate(host, static (_, f) => f, static (_, old, f) => old.At >= f.At && !old.Lookup.IsFaulted ? old : f, fresh);
        }

        var addresses = await entry.Lookup.WaitAsync(cancellation);
        return addresses.Length == 1 ? addresses[0] : addresses[Random.Shared.Next(addresses.Length)];
    }

    /// <summary>Looks a host up so that the first request does not pay for it.</summary>
    public async Task TryResolveAsync(Uri target, CancellationToken cancellation)
    {
        try
        {
            await ResolveAsync(target.IdnHost, cancellation);
        }
        catch (SocketException)
        {
            // Each request will find and count it; a test of an unreachable target is a result, not a crash.
        }
    }

    // Not tied to one request's cancellation: others wait for the same answer.
    private static async Task<IPAddress[]> LookUpAsync(string host)
    {
        var all = await Dns.GetHostAddressesAsync(host);
        IPAddress[] preferred = [.. all.Where(a => a.AddressFamily == AddressFamily.InterNetwork)];
        if (preferred.Length > 0) return preferred;
        return all.Length > 0 ? all : throw new SocketException((int)SocketError.HostNotFound);
    }

    private sealed record Entry(long At, Task<IPAddress[]> Lookup);
}
