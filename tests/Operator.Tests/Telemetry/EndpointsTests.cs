using System.Net;
using LoadTesting.Kubernetes.Telemetry;
using LoadTesting.Operator.Serving;
using LoadTesting.Operator.Telemetry;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Operator.Tests.Telemetry;

/// <summary>The servers on loopback, as the kubelet and Prometheus see them.</summary>
public sealed class EndpointsTests
{
    [Fact]
    public async Task Readiness_says_what_is_missing_and_liveness_does_not_care()
    {
        var missing = new List<string> { "caches are not filled" };
        await using var server = await Served.StartAsync(Endpoints.Health(() => missing));

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.GetAsync("/healthz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "caches are not filled\n"), await server.GetAsync("/readyz"));
        missing.Clear();
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await server.GetAsync("/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/")).Status);
        using var refused = await server.Client.PostAsync("/healthz", null);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (refused.StatusCode, string.Join(", ", refused.Content.Headers.Allow)));
    }

    [Fact]
    public async Task A_scrape_is_Prometheus_text_and_a_head_has_no_body()
    {
        var registry = new MetricRegistry();
        registry.Counter("c_total", "Help.").Unlabelled.Inc();
        await using var server = await Served.StartAsync(Endpoints.Metrics(registry));

        using var answer = await server.Client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("# HELP c_total Help.\n# TYPE c_total counter\nc_total 1\n", await answer.Content.ReadAsStringAsync());
        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"));
        Assert.Equal((HttpStatusCode.OK, answer.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_server_runs_until_told_and_a_taken_address_is_an_error()
    {
        var server = await Served.StartAsync(Endpoints.Health(() => []));
        var second = new HttpHost(new IPEndPoint(IPAddress.Loopback, server.Client.BaseAddress!.Port), new Dictionary<string, RequestDelegate>(), TimeProvider.System);
        await Assert.ThrowsAsync<IOException>(() => second.RunAsync(CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => second.Bound);
        Assert.False(server.Running.IsCompleted);
        await server.DisposeAsync();
        Assert.True(server.Running.IsCompletedSuccessfully);
    }

    internal sealed class Served : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public required HttpClient Client { get; init; }

        public Task Running { get; private set; } = Task.CompletedTask;

        public static async Task<Served> StartAsync(IReadOnlyDictionary<string, RequestDelegate> routes)
        {
            var host = new HttpHost(new IPEndPoint(IPAddress.Loopback, 0), routes, TimeProvider.System);
            var stop = new CancellationTokenSource();
            var running = host.RunAsync(stop.Token);
            var served = new Served { Client = new HttpClient { BaseAddress = await host.Bound }, Running = running };
            stop.Token.ThrowIfCancellationRequested();
            served._stop.Token.Register(stop.Cancel);
            return served;
        }

        public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
        {
            using var answer = await Client.GetAsync(path);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Running;
            Client.Dispose();
            _stop.Dispose();
        }
    }
}
