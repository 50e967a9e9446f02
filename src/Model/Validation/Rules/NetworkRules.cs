using LoadTesting.Model.Networking;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Names and addresses.</summary>
internal static class NetworkRules
{
    private const string Rule = "network";

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var (network, list) = (spec.Network, problems.Field("network"));
        foreach (var (name, value) in network.Hosts)
        {
            var item = list.Field("hosts").Field(name);
            if (HostOverrides.WrongName(name) is { } wrong)
            {
                item.Add(Rule, wrong, name);
            }

            if (!HostOverrides.TryParse(value, out _))
            {
                item.Add(Rule, "a host stands for an IP address, perhaps with a port: 10.0.0.1, 10.0.0.1:8080, fd00::1 or [fd00::1]:8080", value);
            }
        }

        for (var i = 0; i < network.BlockHostnames.Count; i++)
        {
            if (HostPattern.Wrong(network.BlockHostnames[i]) is { } wrong)
            {
                list.Field("blockHostnames").Item(i).Add(Rule, wrong, network.BlockHostnames[i]);
            }
        }

        for (var i = 0; i < network.BlacklistIPs.Count; i++)
        {
            if (!AddressBlock.TryParseNetwork(network.BlacklistIPs[i], out _, out var wrong))
            {
                list.Field("blacklistIPs").Item(i).Add(Rule, wrong, network.BlacklistIPs[i]);
            }
        }

        for (var i = 0; i < network.LocalIPs.Count; i++)
        {
            if (!AddressBlock.TryParse(network.LocalIPs[i], out _, out var wrong))
            {
                list.Field("localIPs").Item(i).Add(Rule, wrong, network.LocalIPs[i]);
            }
        }

        if (network.Dns.Ttl < Duration.Zero)
        {
            list.Field("dns").Field("ttl").Add(ProblemRules.Range, "ttl cannot be negative", network.Dns.Ttl.ToString());
        }
    }
}
