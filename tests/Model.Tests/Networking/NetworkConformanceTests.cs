using System.Net;
using System.Text.Json;
using LoadTesting.Model.Networking;
using LoadTesting.TestKit;

namespace LoadTesting.Model.Tests.Networking;

/// <summary>Hosts, blocked names and local addresses as k6 has them, and our own table of the same ground.</summary>
public sealed class NetworkConformanceTests
{
    [SkippableFact]
    public void Overridden_hosts_agree_with_every_k6_case()
    {
        var cases = Conformance.Cases("hosts.json");
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Conformance.Folder, "hosts.json")));
        var hosts = new HostOverrides(new(file.RootElement.GetProperty("hosts").EnumerateObject().Select(h =>
        {
            var (ip, port) = (h.Value.GetProperty("ip").GetString()!, h.Value.GetProperty("port").GetInt32());
            return KeyValuePair.Create(h.Name, port == 0 ? ip : ip.Contains(':') ? $"[{ip}]:{port}" : $"{ip}:{port}");
        })));
        foreach (var test in cases)
        {
            var found = hosts.TryMatch(test.GetProperty("lookup").GetString()!, out var endPoint) ? endPoint.ToString() : null;
            Assert.Equal((test.GetProperty("lookup").GetString(), test.GetProperty("expect").GetString()), (test.GetProperty("lookup").GetString(), found));
        }

        Assert.Equal(37, cases.Count);
    }

    [SkippableFact]
    public void Blocked_names_agree_with_every_k6_case()
    {
        var cases = Conformance.Cases("blocked-hostnames.json");
        foreach (var test in cases)
        {
            if (test.GetProperty("kind").GetString() == "pattern")
            {
                Assert.Equal(test.GetProperty("valid").GetBoolean(), HostPattern.Wrong(test.GetProperty("pattern").GetString()!) is null);
                continue;
            }

            var patterns = new HostPatterns<string>(test.GetProperty("patterns").EnumerateArray().Select(p => KeyValuePair.Create(p.GetString()!, p.GetString()!)));
            Assert.Equal(test.GetProperty("expect").GetString(), patterns.TryFind(test.GetProperty("host").GetString()!, out var found) ? found : null);
        }

        Assert.Equal(14, cases.Count);
    }

    [SkippableFact]
    public void Local_addresses_agree_with_every_k6_case()
    {
        var cases = Conformance.Cases("local-ip-pool.json");
        foreach (var test in cases)
        {
            switch (test.GetProperty("kind").GetString())
            {
                case "error":
                    Assert.False(AddressBlock.TryParse(test.GetProperty("block").GetString()!, out _, out var wrong), test.ToString());
                    Assert.NotEmpty(wrong);
                    break;
                case "block":
                    Assert.True(AddressBlock.TryParse(test.GetProperty("block").GetString()!, out var block, out _), test.ToString());
                    Assert.Equal(test.GetProperty("count").GetString(), block.Count.ToString());
                    Assert.Equal(IPAddress.Parse(test.GetProperty("first").GetString()!), block.First);
                    Assert.Equal(IPAddress.Parse(test.GetProperty("last").GetString()!), block.Last);
                    break;
                default:
                    var pool = new AddressPool([.. test.GetProperty("pool").GetString()!.Split(',').Select(t => AddressBlock.TryParse(t, out var b, out _) ? b : throw new InvalidOperationException(t))]);
                    Assert.Equal((UInt128)test.GetProperty("count").GetInt64(), pool.Count);
                    Assert.All(test.GetProperty("ipAt").EnumerateObject(), a => Assert.Equal(IPAddress.Parse(a.Value.GetString()!), pool.At(ulong.Parse(a.Name))));
                    break;
            }
        }

        Assert.Equal(29, cases.Count);
    }

    [Theory]
    [InlineData("shop", 80, "10.0.0.1:80")]
    [InlineData("SHOP", 443, "10.0.0.2:8443")]
    [InlineData("a.b.example", 8080, "[fd00::1]:99")]
    [InlineData("b.example", 8080, "10.0.0.3:8080")]
    [InlineData("other", 80, null)]
    public void An_entry_with_the_port_comes_first_and_a_missing_port_is_the_URL_s(string host, int port, string? expected)
    {
        var hosts = new HostOverrides(new([new("shop", "10.0.0.1"), new("shop:443", "10.0.0.2:8443"), new("*.b.example", "[fd00::1]:99"), new("*b.example", "10.0.0.3")]));
        var found = hosts.TryFind(host, port, out var endPoint) ? endPoint.Port == 0 ? new IPEndPoint(endPoint.Address, port) : endPoint : null;
        Assert.Equal(expected, found?.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    public void A_network_has_all_its_addresses(string network, string address, bool isInside)
    {
        Assert.True(AddressBlock.TryParseNetwork(network, out var block, out _));
        Assert.Equal(isInside, block.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("10.0.0.1-10.0.0.3")]
    [InlineData("fe80::1%1")]
    [InlineData("[::1]")]
    [InlineData("")]
    public void What_is_no_network_is_refused(string text) => Assert.False(AddressBlock.TryParseNetwork(text, out _, out _));
}
