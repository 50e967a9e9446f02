using System.Net;
using LoadTesting.Model.Networking;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Http;

/// <summary>
/// Where connections go and where they come from: overridden names, forbidden names and addresses, look-ups, local addresses. One per test and runner, used by senders
/// of every kind, from any thread.
/// </summary>
public sealed class AddressBook
{
    private readonly HostOverrides _overrides;
    private readonly HostPatterns<string> _blocked;
    private readonly AddressBlock[] _forbidden;
    private readonly AddressPool? _local;
    private readonly NameCache _names;

    /// <summary>A book for one test.</summary>
    /// <param name="spec">Validated; what cannot be read is left out.</param>
    /// <param name="time">Ends the life of look-ups.</param>
    public AddressBook(NetworkSpec spec, TimeProvider time)
    {
        _overrides = new HostOverrides(spec.Hosts);
        _blocked = new HostPatterns<string>(spec.BlockHostnames.Select(p => KeyValuePair.Create(p, p)));
        _forbidden = [.. spec.BlacklistIPs.Select(t => AddressBlock.TryParseNetwork(t, out var block, out _) ? block : (AddressBlock?)null).OfType<AddressBlock>()];
        var local = spec.LocalIPs.Select(t => AddressBlock.TryParse(t, out var block, out _) ? block : (AddressBlock?)null).OfType<AddressBlock>().ToArray();
        _local = local.Length == 0 ? null : new AddressPool(local);
        _names = new NameCache(spec.Dns, time);
    }

    /// <summary>Refuses a host that is blocked, as <see cref="ResolveAsync"/> does: behind a proxy nobody else would look at its name.</summary>
    /// <exception cref="IOException">It is blocked.</exception>
    public void RefuseBlocked(string host)
    {
        if (!_blocked.IsEmpty && _blocked.TryFind(host, out var pattern)) throw Refusal(TransportError.BlockedHost, $"the host {host} is blocked by {pattern} in network.blockHostnames");
    }

    /// <summary>Where a connection to a URL's host and port goes.</summary>
    /// <param name="host">Name or IP address as in the URL, IPv6 without brackets.</param>
    /// <param name="port">The URL's port.</param>
    /// <param name="cancellation">Ends the waiting, not the look-up.</param>
    /// <exception cref="IOException">It is forbidden; <see cref="Exception.Data"/> carries the <see cref="TransportError"/> as <see cref="ErrorClassifier"/> finds it.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or the look-up failed.</exception>
    public async ValueTask<IPEndPoint> ResolveAsync(string host, int port, CancellationToken cancellation)
    {
        RefuseBlocked(host);
        var endPoint = !_overrides.IsEmpty && _overrides.TryFind(host, port, out var found)
            ? found.Port == 0 ? new IPEndPoint(found.Address, port) : found
            : new IPEndPoint(await _names.ResolveAsync(host, cancellation), port);
        foreach (var block in _forbidden)
        {
            if (block.Contains(endPoint.Address)) throw Refusal(TransportError.BlacklistedAddress, $"the address {endPoint.Address} of {host} is in network.blacklistIPs");
        }

        return endPoint;
    }

    /// <summary>Looks a host up so that the first request does not pay for it.</summary>
    public async Task TryResolveAsync(Uri target, CancellationToken cancellation)
    {
        try
        {
            await ResolveAsync(target.IdnHost, target.Port, cancellation);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            // Each request will find and count it; a test of an unreachable target is a result, not a crash.
        }
    }

    /// <summary>Where the connections of a virtual user come from; null = the system chooses.</summary>
    /// <param name="vu">1-based number in the whole test; 0 for parts that run once, which take the first address.</param>
    public IPAddress? LocalAddress(long vu) => _local?.At((ulong)Math.Max(0, vu - 1));

    private static IOException Refusal(TransportError error, string text) => new(text) { Data = { [ErrorClassifier.Key] = error } };
}
