using System.Net;
using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Runs of <see cref="ObserveTests"/> whose Prometheus says nothing: known by their verdict, however busy the machine is.</summary>
public sealed class UnobservedTests
{
    [SkippableFact]
    public async Task A_dead_Prometheus_is_invalid_even_where_samples_may_be_absent()
    {
        var outcome = await ObserveTests.RunAsync(Misbehaviour.None, _ => new Uri($"http://127.0.0.1:{FreePort.Next()}"), "--duration", "2s");
        Assert.Equal(("Invalid", "TargetNotObserved"), (outcome.Verdict, outcome.Report.GetProperty("reason").GetString()));
        Assert.Contains("Connection refused", outcome.Report.GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_token_reaches_Prometheus_and_nothing_else_does_or_shows_it()
    {
        const string Token = "tok-5f2c81";
        var body = $$"""{"status":"error","errorType":"unauthorized","error":"who is {{Token}}?"}""";
        await using var prometheus = RawHttpServer.Answering($"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using var target = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System);
        var outcome = await DeskCase.RunAsync(
            ObserveTests.Manifest(prometheus.Url).Replace("query: demo", "auth: {bearer: \"${env.PROM_TOKEN}\"}, query: demo", StringComparison.Ordinal)
                .Replace("\nspec:\n", "\nspec:\n  env: [{name: PROM_TOKEN, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}]\n  http: {headers: {X-Shop: private}}\n", StringComparison.Ordinal),
            "--target", target.Url.ToString(), "--duration", "2s", "-e", $"PROM_TOKEN={Token}");
        Assert.Equal("TargetNotObserved", outcome.Report.GetProperty("reason").GetString());
        Assert.Contains("who is ****?", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, outcome.Output + outcome.Error + outcome.ReportText, StringComparison.Ordinal);
        Assert.NotEmpty(prometheus.Requests);
        Assert.All(prometheus.Requests.Where(head => !head.Contains("demo_queue_lag", StringComparison.Ordinal)), head =>
        {
            Assert.Contains($"Authorization: Bearer {Token}", head, StringComparison.Ordinal);
            Assert.Contains("/api/v1/query_range?query=demo_memory_bytes", head, StringComparison.Ordinal);
            Assert.DoesNotContain("X-Shop", head, StringComparison.Ordinal);
        });
    }
}
