namespace LoadTesting.Model.Spec;

/// <summary>How names become addresses, and from and to which addresses connections go. k6's options of the same names.</summary>
public sealed record NetworkSpec
{
    /// <summary>
    /// Addresses instead of what name servers say: a name, <c>name:port</c> or a pattern with a leading <c>*</c>, to an IP address or <c>address:port</c> (IPv6 with port in brackets).
    /// The Host field and TLS keep the name.
    /// </summary>
    public OrderedMap<string> Hosts { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Names that are never connected to, perhaps with a leading <c>*</c>; a request to one fails with error code 1111.</summary>
    public IReadOnlyList<string> BlockHostnames { get; init; } = [];

    /// <summary>Addresses and networks (CIDR) that are never connected to; a request to one fails with error code 1110.</summary>
    public IReadOnlyList<string> BlacklistIPs { get; init; } = [];

    /// <summary>Local addresses that connections come from: addresses, ranges (<c>a-b</c>) and networks (CIDR). Virtual user n takes number (n − 1) mod count.</summary>
    public IReadOnlyList<string> LocalIPs { get; init; } = [];

    /// <summary>Looking names up.</summary>
    public DnsSpec Dns { get; init; } = new();
}

/// <summary>How names are looked up.</summary>
public sealed record DnsSpec
{
    /// <summary>A <see cref="Ttl"/> that never ends, written <c>inf</c>.</summary>
    public static readonly Duration Forever = new(long.MaxValue);

    /// <summary>How long an answer is used; 0 = for one connection, <c>inf</c> = for the whole run. Default 5 min.</summary>
    public Duration Ttl { get; init; } = Duration.FromSeconds(300);

    /// <summary>Which of several addresses a connection takes. Default <see cref="DnsSelect.Random"/>.</summary>
    public DnsSelect Select { get; init; } = DnsSelect.Random;

    /// <summary>Which kind of addresses is wanted. Default <see cref="DnsPolicy.PreferIPv4"/>.</summary>
    public DnsPolicy Policy { get; init; } = DnsPolicy.PreferIPv4;
}

/// <summary>Which of several addresses a connection takes.</summary>
public enum DnsSelect
{
    /// <summary>Always the first of the answer.</summary>
    First,

    /// <summary>Any.</summary>
    Random,

    /// <summary>One after the other, over all virtual users of the runner.</summary>
    RoundRobin,
}

/// <summary>Which kind of addresses is wanted.</summary>
public enum DnsPolicy
{
    /// <summary>IPv4 where there is one, else IPv6.</summary>
    PreferIPv4,

    /// <summary>IPv6 where there is one, else IPv4.</summary>
    PreferIPv6,

    /// <summary>IPv4 only.</summary>
    OnlyIPv4,

    /// <summary>IPv6 only.</summary>
    OnlyIPv6,

    /// <summary>All that the answer has.</summary>
    Any,
}
