using LoadTesting.Runner.Tests.Http;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>What a run at the desk takes from its environment besides the test's own variables: proxies and the character set.</summary>
public sealed class EnvironmentTests
{
    private const string Manifest =
        """
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: env}
        spec:
          target: http://shop.invalid/base
          flows: {f: [{request: {name: page, url: /page, checks: {is the proxy's: body == "proxy"}}}]}
          scenarios: {s: {executor: per-vu-iterations, vus: 2, iterations: 2, exec: f}}
          thresholds: {checks: ["rate==1"]}
        """;

    [Theory]
    [InlineData("loop")]
    [InlineData("sockets")]
    public async Task Proxies_of_the_environment_are_used_and_named_without_their_credentials(string sender)
    {
        await using var proxy = new TestProxy();
        var (code, said) = await RunAsync(Manifest, new()
        {
            ["LOADTEST_SENDER"] = sender, ["HTTP_PROXY"] = $"http://user:geheim@127.0.0.1:{proxy.Port}", ["HTTPS_PROXY"] = "", ["NO_PROXY"] = "other.invalid",
            ["http_proxy"] = "", ["https_proxy"] = "", ["no_proxy"] = "",
        });
        Assert.True(code == 0, said);
        Assert.Equal(4, proxy.Seen.Count);
        Assert.All(proxy.Seen, head => Assert.StartsWith("GET http://shop.invalid/base/page HTTP/1.1\r\n", head, StringComparison.Ordinal));
        Assert.All(proxy.Seen, head => Assert.Contains("\r\nProxy-Authorization: Basic dXNlcjpnZWhlaW0=\r\n", head, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(
            $"requests go through a proxy of the environment: HTTP_PROXY=http://127.0.0.1:{proxy.Port}; not those to localhost, loopback addresses and NO_PROXY=other.invalid", said, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_no_proxy_is_for_is_not_said_to_have_one()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
        var (code, said) = await RunAsync(Manifest.Replace("http://shop.invalid/base", server.Url.ToString()), new() { ["HTTP_PROXY"] = "http://127.0.0.1:1", ["NO_PROXY"] = "" });
        Assert.True(code == 0, said);
        Assert.DoesNotContain("proxy of the environment", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_character_set_has_no_marks_they_are_spelt_out()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
        var manifest = Manifest.Replace("http://shop.invalid/base", server.Url.ToString());
        var (_, plain) = await RunAsync(manifest, new() { ["LC_ALL"] = "en_US.UTF-8" });
        Assert.Contains('✓', plain);
        var (code, spelt) = await RunAsync(manifest, new() { ["LC_ALL"] = "en_US.ISO-8859-1" });
        Assert.Equal(0, code);
        Assert.Contains("ok Passed", spelt, StringComparison.Ordinal);
        Assert.True(System.Text.Ascii.IsValid(spelt), spelt);
    }

    private static async Task<(int Code, string Said)> RunAsync(string manifest, Dictionary<string, string> environment)
    {
        var folder = Directory.CreateTempSubdirectory("loadtest-env-");
        try
        {
            var file = Path.Combine(folder.FullName, "test.yaml");
            await File.WriteAllTextAsync(file, DeskCase.Trusting(manifest));
            await using var process = LoadtestProcess.Start(["run", file], environment);
            var code = await process.ExitAsync();
            return (code, process.Output + process.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
