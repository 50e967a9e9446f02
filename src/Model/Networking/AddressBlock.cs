using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace LoadTesting.Model.Networking;

/// <summary>Consecutive IP addresses: one, a range <c>a-b</c>, or a network in CIDR notation (of IPv4 networks larger than /31 without network and broadcast address, as in k6).</summary>
public readonly record struct AddressBlock
{
    private readonly UInt128 _first;
    private readonly UInt128 _last;
    private readonly bool _isV6;

    private AddressBlock(UInt128 first, UInt128 last, bool isV6) => (_first, _last, _isV6) = (first, last, isV6);

    /// <summary>How many addresses; 2^128 is more than it can say and reads as the largest number.</summary>
    public UInt128 Count => _last - _first == UInt128.MaxValue ? UInt128.MaxValue : _last - _first + 1;

    /// <summary>The first address.</summary>
    public IPAddress First => Address(_first);

    /// <summary>The last address.</summary>
    public IPAddress Last => Address(_last);

    /// <summary>The address of a number below <see cref="Count"/>.</summary>
    public IPAddress At(UInt128 number) => Address(_first + number);

    /// <summary>Whether an address is one of them. An IPv4 address written as IPv6 is its IPv4 self.</summary>
    public bool Contains(IPAddress address)
    {
        if (!TryValue(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, out var value, out var isV6) || isV6 != _isV6)
        {
            return false;
        }

        return value >= _first && value <= _last;
    }

    /// <summary>Reads a block of usable addresses.</summary>
    /// <param name="text">E.g. <c>10.0.0.7</c>, <c>10.0.0.1-10.0.0.9</c>, <c>fd00::/120</c>.</param>
    /// <param name="block">The block.</param>
    /// <param name="wrong">What is wrong with the text.</param>
    public static bool TryParse(string text, out AddressBlock block, [NotNullWhen(false)] out string? wrong) => TryParse(text, usableOnly: true, out block, out wrong);

    /// <summary>Reads an address or a whole network, as a list of what is forbidden has them.</summary>
    public static bool TryParseNetwork(string text, out AddressBlock block, [NotNullWhen(false)] out string? wrong)
    {
        if (text.Contains('-', StringComparison.Ordinal))
        {
            (block, wrong) = (default, "not an IP address or a network such as 10.0.0.0/8");
            return false;
        }

        return TryParse(text, usableOnly: false, out block, out wrong);
    }

    private static bool TryParse(string text, bool usableOnly, out AddressBlock block, [NotNullWhen(false)] out string? wrong)
    {
        block = default;
        wrong = null;
        if (text.IndexOf('-', StringComparison.Ordinal) is var dash and >= 0)
        {
            if (!TryAddress(text[..dash], out var from, out var fromV6) || !TryAddress(text[(dash + 1)..], out var to, out var toV6))
            {
                wrong = "a range is two IP addresses, as in 10.0.0.1-10.0.0.9";
            }
            else if (fromV6 != toV6)
            {
                wrong = "a range lies between two addresses of one kind, IPv4 or IPv6";
            }
            else if (from > to)
            {
                wrong = "the range ends before it begins";
            }
            else
            {
                block = new AddressBlock(from, to, fromV6);
            }

            return wrong is null;
        }

        if (text.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0)
        {
            if (!TryAddress(text[..slash], out var inside, out var isV6)
                || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > (isV6 ? 128 : 32))
            {
                wrong = "not a network in CIDR notation, as in 10.0.0.0/24";
                return false;
            }

            block = Network(inside, isV6, prefix, usableOnly);
            return true;
        }

        if (TryAddress(text, out var single, out var singleV6))
        {
            block = new AddressBlock(single, single, singleV6);
            return true;
        }

        wrong = "not an IP address";
        return false;
    }

    private static AddressBlock Network(UInt128 inside, bool isV6, int prefix, bool usableOnly)
    {
        var bits = (isV6 ? 128 : 32) - prefix;
        // A shift by all 128 bits would be one by none.
        var hosts = bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
        var (first, last) = (inside & ~hosts, inside | hosts);
        return usableOnly && !isV6 && bits > 1 ? new AddressBlock(first + 1, last - 1, isV6) : new AddressBlock(first, last, isV6);
    }

    private static bool TryAddress(string text, out UInt128 value, out bool isV6)
    {
        (value, isV6) = (0, false);
        // The platform also reads 1.2 and 0x7f.1, and IPv6 addresses with a scope or in brackets; people who write those mean something else.
        var looksRight = text.Contains(':', StringComparison.Ordinal) ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') : text.Count(c => c == '.') == 3 && text.All(c => char.IsAsciiDigit(c) || c == '.');
        return looksRight && IPAddress.TryParse(text, out var address) && TryValue(address, out value, out isV6);
    }

    private static bool TryValue(IPAddress address, out UInt128 value, out bool isV6)
    {
        Span<byte> octets = stackalloc byte[16];
        var read = address.TryWriteBytes(octets, out var length);
        isV6 = length == 16;
        value = isV6 ? BinaryPrimitives.ReadUInt128BigEndian(octets) : BinaryPrimitives.ReadUInt32BigEndian(octets);
        return read;
    }

    private IPAddress Address(UInt128 value)
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, value);
        return new IPAddress(_isV6 ? octets : octets[12..]);
    }
}
