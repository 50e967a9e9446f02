using System.Net;
using System.Net.Sockets;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Http;

/// <summary>Looking names up by k6's rules.</summary>
public sealed class NameCacheTests
{
    private readonly VirtualTime _time = new();
    private int _lookUps;

    [Fact]
    public void An_answer_is_used_for_its_time()
    {
        var cache = Cache(new DnsSpec { Ttl = Duration.FromSeconds(10), Select = DnsSelect.First }, "10.0.0.1");
        _time.Run(async () =>
        {
            await cache.ResolveAsync("a", default);
            await _time.UntilAsync(TimeSpan.FromSeconds(9));
            await cache.ResolveAsync("A", default);
            Assert.Equal(1, _lookUps);
            await _time.UntilAsync(TimeSpan.FromSeconds(10));
            await cache.ResolveAsync("a", default);
            Assert.Equal(2, _lookUps);
            return 0;
        });
    }

    [Fact]
    public async Task A_time_of_0_asks_for_every_connection()
    {
        var cache = Cache(new DnsSpec { Ttl = Duration.Zero }, "10.0.0.1");
        for (var i = 0; i < 3; i++) await cache.ResolveAsync("a", default);
        Assert.Equal(3, _lookUps);
        Assert.Equal(IPAddress.Loopback, await cache.ResolveAsync("127.0.0.1", default));
        Assert.Equal(3, _lookUps);
    }

    [Theory]
    [InlineData(DnsSelect.First, "1 1 1 1")]
    [InlineData(DnsSelect.RoundRobin, "1 2 3 1")]
    public async Task Several_addresses_are_taken_as_wanted(DnsSelect select, string expected)
    {
        var cache = Cache(new DnsSpec { Select = select }, "10.0.0.1", "10.0.0.2", "10.0.0.3");
        var taken = new List<string>();
        for (var i = 0; i < 4; i++) taken.Add((await cache.ResolveAsync("a", default)).ToString()[^1..]);
        Assert.Equal(expected, string.Join(' ', taken));
    }

    [Fact]
    public async Task Random_takes_all_of_them()
    {
        var cache = Cache(new DnsSpec(), "10.0.0.1", "10.0.0.2", "10.0.0.3");
        var taken = new HashSet<IPAddress>();
        for (var i = 0; i < 200; i++) taken.Add(await cache.ResolveAsync("a", default));
        Assert.Equal(3, taken.Count);
    }

    [Theory]
    [InlineData(DnsPolicy.PreferIPv4, "10.0.0.1")]
    [InlineData(DnsPolicy.PreferIPv6, "fd00::1")]
    [InlineData(DnsPolicy.OnlyIPv4, "10.0.0.1")]
    [InlineData(DnsPolicy.OnlyIPv6, "fd00::1")]
    [InlineData(DnsPolicy.Any, "fd00::1")]
    public async Task The_kind_of_address_is_the_wanted_one(DnsPolicy policy, string expected) =>
        Assert.Equal(expected, (await Cache(new DnsSpec { Policy = policy, Select = DnsSelect.First }, "fd00::1", "10.0.0.1").ResolveAsync("a", default)).ToString());

    [Fact]
    public async Task A_kind_that_is_not_there_is_no_such_host()
    {
        var cache = Cache(new DnsSpec { Policy = DnsPolicy.OnlyIPv6 }, "10.0.0.1");
        var error = await Assert.ThrowsAsync<SocketException>(async () => await cache.ResolveAsync("a", default));
        Assert.Equal(SocketError.HostNotFound, error.SocketErrorCode);
    }

    private NameCache Cache(DnsSpec spec, params string[] addresses) => new(spec, _time, _ =>
    {
        _lookUps++;
        return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
    });
}
