using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Networking;

/// <summary>Addresses that stand for names (<see cref="NetworkSpec.Hosts"/>). An entry with the port comes before one without.</summary>
public sealed class HostOverrides
{
    private readonly HostPatterns<IPEndPoint> _names;
    private readonly HostPatterns<IPEndPoint> _withPort;

    /// <summary>Entries of which all are valid.</summary>
    public HostOverrides(OrderedMap<string> hosts)
    {
        var entries = hosts.Select(h => (h.Key, Found: TryParse(h.Value, out var endPoint) ? endPoint : null)).Where(e => e.Found is not null).ToArray();
        _names = new HostPatterns<IPEndPoint>(entries.Where(e => !HasPort(e.Key)).Select(e => KeyValuePair.Create(e.Key, e.Found!)));
        _withPort = new HostPatterns<IPEndPoint>(entries.Where(e => HasPort(e.Key)).Select(e => KeyValuePair.Create(e.Key, e.Found!)));
    }

    /// <summary>Whether there is no entry.</summary>
    public bool IsEmpty => _names.IsEmpty && _withPort.IsEmpty;

    /// <summary>The address for a host; its port is 0 where the entry gives none: the URL's is kept.</summary>
    /// <param name="host">Name as in the URL.</param>
    /// <param name="port">The URL's port.</param>
    /// <param name="endPoint">The address.</param>
    public bool TryFind(string host, int port, [NotNullWhen(true)] out IPEndPoint? endPoint) =>
        TryMatch(string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"), out endPoint) || TryMatch(host, out endPoint);

    /// <summary>The address for just this: a name, or a name with a port. See the other.</summary>
    public bool TryMatch(string name, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        return name.Length > 0 && (HasPort(name) ? _withPort : _names).TryFind(name, out endPoint);
    }

    /// <summary>Reads an entry's value: <c>10.0.0.1</c>, <c>10.0.0.1:8080</c>, <c>fd00::1</c>, <c>[fd00::1]:8080</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        var (address, port) = (text, 0);
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || (close + 1 < text.Length && text[close + 1] != ':'))
            {
                return false;
            }

            address = text[1..close];
            if (close + 1 < text.Length && !TryPort(text[(close + 2)..], out port))
            {
                return false;
            }
        }
        else if (text.Count(c => c == ':') == 1)
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            address = text[..colon];
            if (!TryPort(text[(colon + 1)..], out port))
            {
                return false;
            }
        }

        if (!AddressBlock.TryParse(address, out var block, out _) || block.Count != 1)
        {
            return false;
        }

        endPoint = new IPEndPoint(block.First, port);
        return true;
    }

    /// <summary>What is wrong with an entry's name; null when nothing is.</summary>
    public static string? WrongName(string name) => !HasPort(name) ? HostPattern.Wrong(name)
        : TryPort(name[(name.LastIndexOf(':') + 1)..], out _) ? HostPattern.Wrong(name[..name.LastIndexOf(':')])
        : "behind the ':' stands a port, 1 to 65535";

    private static bool HasPort(string name) => name.Contains(':', StringComparison.Ordinal);

    private static bool TryPort(string text, out int port) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
