using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>network</c> and its <c>dns</c>.</summary>
public static class NetworkReader
{
    private static readonly string[] Selects = ["first", "random", "roundRobin"];
    private static readonly string[] Policies = ["preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6", "any"];

    /// <summary>Reads k6's short form of the DNS options, <c>ttl=5m,select=first,policy=any</c>; what it does not name stays as it is below. False for anything else.</summary>
    public static bool TryParseDns(string text, DnsSpec below, out DnsSpec dns)
    {
        dns = below;
        foreach (var part in text.Split(','))
        {
            var pair = part.Split('=', 2);
            var (read, next) = (pair[0], pair.Length == 2 ? pair[1] : "") switch
            {
                ("ttl", var value) => (TryTtl(value, out var ttl), dns with { Ttl = ttl }),
                ("select", var value) => (Index(Selects, value) >= 0, dns with { Select = (DnsSelect)Math.Max(0, Index(Selects, value)) }),
                ("policy", var value) => (Index(Policies, value) >= 0, dns with { Policy = (DnsPolicy)Math.Max(0, Index(Policies, value)) }),
                _ => (false, dns),
            };
            if (!read)
            {
                return false;
            }

            dns = next;
        }

        return true;
    }

    internal static NetworkSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new NetworkSpec();
        }

        var network = new NetworkSpec
        {
            Hosts = reader.Strings("hosts"),
            BlockHostnames = reader.List("blockHostnames", Text),
            BlacklistIPs = reader.List("blacklistIPs", Text),
            LocalIPs = reader.List("localIPs", Text),
            Dns = reader.Object("dns") is { } dns ? ReadDns(dns) : new DnsSpec(),
        };
        reader.Close();
        return network;
    }

    internal static string Text(DnsSelect select) => Selects[(int)select];

    internal static string Text(DnsPolicy policy) => Policies[(int)policy];

    // What cannot be read stands as an empty text, so that the others keep their index.
    private static string Text(SpecNode node, string path, ICollection<Problem> problems) => NodeValues.String(node, path, problems) ?? "";

    private static DnsSpec ReadDns(ObjectReader reader)
    {
        var standard = new DnsSpec();
        var dns = new DnsSpec
        {
            Ttl = reader.Node("ttl") is SpecScalar { Kind: ScalarKind.String, Text: "inf" } ? DnsSpec.Forever : reader.Duration("ttl") ?? standard.Ttl,
            Select = (DnsSelect)Choice(reader, "select", Selects, (int)standard.Select),
            Policy = (DnsPolicy)Choice(reader, "policy", Policies, (int)standard.Policy),
        };
        reader.Close();
        return dns;
    }

    private static int Choice(ObjectReader reader, string field, string[] choices, int standard)
    {
        if (reader.String(field) is not { } text)
        {
            return standard;
        }

        if (Index(choices, text) is var index and >= 0)
        {
            return index;
        }

        reader.Problems.Add(new Problem(reader.PathOf(field), ProblemRules.Choice, $"{field} is one of {string.Join(", ", choices)}") { Value = text, Suggestion = Nearest.To(text, choices) });
        return standard;
    }

    private static bool TryTtl(string text, out Duration ttl)
    {
        ttl = DnsSpec.Forever;
        return text == "inf" || (Duration.TryParse(text, out ttl) && ttl >= Duration.Zero);
    }

    private static int Index(string[] choices, string text) => Array.IndexOf(choices, text);
}
