using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Http;

/// <summary>Names looked up once for a time and for all virtual users of the runner. Failures are not kept.</summary>
internal sealed class NameCache
{
    private readonly DnsSpec _spec;
    private readonly TimeProvider _time;
    private readonly Func<string, Task<IPAddress[]>> _lookUp;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A cache by the rules given.</summary>
    /// <param name="spec">How long, which, and what kind.</param>
    /// <param name="time">Measures lifetimes.</param>
    /// <param name="lookUp">Asks for all addresses of a name; null = the system.</param>
    public NameCache(DnsSpec spec, TimeProvider time, Func<string, Task<IPAddress[]>>? lookUp = null)
    {
        (_spec, _time, _lookUp) = (spec, time, lookUp ?? Dns.GetHostAddressesAsync);
    }

    /// <summary>One address of the name; a <see cref="SocketException"/> when there is none.</summary>
    public async ValueTask<IPAddress> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return literal;
        var now = _time.GetTimestamp();
        if (!_entries.TryGetValue(host, out var entry) || IsOver(entry, now))
        {
            var fresh = new Entry(now, LookUpAsync(host));
            entry = _entries.AddOrUpdate(host, static (_, f) => f, static (_, old, f) => old.At > f.At && !old.Lookup.IsFaulted ? old : f, fresh);
        }

        var addresses = await entry.Lookup.WaitAsync(cancellation);
        return addresses.Length == 1 ? addresses[0] : addresses[_spec.Select switch
        {
            DnsSelect.First => 0,
            DnsSelect.RoundRobin => (int)((uint)Interlocked.Increment(ref entry.Turn) % (uint)addresses.Length),
            _ => Random.Shared.Next(addresses.Length),
        }];
    }

    private bool IsOver(Entry entry, long now) =>
        entry.Lookup.IsFaulted || (_spec.Ttl != DnsSpec.Forever && _time.GetElapsedTime(entry.At, now) >= _spec.Ttl.ToTimeSpan());

    // Not tied to one request's cancellation: others wait for the same answer.
    private async Task<IPAddress[]> LookUpAsync(string host)
    {
        var all = await _lookUp(host);
        var (v4, v6) = (Of(AddressFamily.InterNetwork), Of(AddressFamily.InterNetworkV6));
        var wanted = _spec.Policy switch
        {
            DnsPolicy.PreferIPv4 => v4.Length > 0 ? v4 : v6,
            DnsPolicy.PreferIPv6 => v6.Length > 0 ? v6 : v4,
            DnsPolicy.OnlyIPv4 => v4,
            DnsPolicy.OnlyIPv6 => v6,
            _ => all,
        };
        return wanted.Length > 0 ? wanted : throw new SocketException((int)SocketError.HostNotFound);

        IPAddress[] Of(AddressFamily family) => [.. all.Where(a => a.AddressFamily == family)];
    }

    private sealed class Entry(long at, Task<IPAddress[]> lookup)
    {
        public int Turn = -1;

        public long At => at;

        public Task<IPAddress[]> Lookup => lookup;
    }
}
