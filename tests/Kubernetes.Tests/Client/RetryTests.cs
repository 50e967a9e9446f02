using System.Net;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Kubernetes.Tests.Client;

public sealed class RetryTests : IAsyncLifetime
{
    private FakeApiServer _server = null!;
    private ApiClient _client = null!;
    private int _failures;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = Connect.To(_server);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Reading_outlasts_a_server_that_fails_three_times(int code)
    {
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        FailFirst(3, context => FakeApiServer.RefuseAsync(context, code, "Whatever", "for a while"));
        Assert.Equal("a", (await _client.GetAsync(Resources.ConfigMaps, Connect.Name("a"))).Metadata.Name);
        Assert.Equal(4, _server.Requests.Count(r => r.Method == "GET"));
    }

    [Fact]
    public async Task Reading_outlasts_broken_connections()
    {
        await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"));
        FailFirst(2, Abort);
        Assert.Equal("a", (await _client.GetAsync(Resources.ConfigMaps, Connect.Name("a"))).Metadata.Name);
    }

    [Fact]
    public async Task Patience_ends()
    {
        FailFirst(100, context => FakeApiServer.RefuseAsync(context, 503, "ServiceUnavailable", "down"));
        var refused = await Assert.ThrowsAsync<ApiException>(() => _client.GetAsync(Resources.ConfigMaps, Connect.Name("a")));
        Assert.Equal((503, "down"), (refused.Error.Code, refused.Error.Message));
        Assert.Equal(6, _server.Requests.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_creation_whose_fate_is_unknown_is_not_repeated(int code)
    {
        FailFirst(1, context => FakeApiServer.RefuseAsync(context, code, "Whatever", "who knows"));
        await Assert.ThrowsAsync<ApiException>(() => _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a")));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_creation_whose_answer_was_lost_is_not_repeated()
    {
        FailFirst(1, Abort);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a")));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_creation_that_was_refused_unread_is_repeated()
    {
        FailFirst(1, context => FakeApiServer.RefuseAsync(context, 429, "TooManyRequests", "later"));
        Assert.NotNull((await _client.CreateAsync(Resources.ConfigMaps, Connect.ConfigMap("a"))).Metadata.Uid);
    }

    [Fact]
    public async Task Conflicts_are_the_callers_business()
    {
        FailFirst(1, context => FakeApiServer.RefuseAsync(context, 409, "Conflict", "changed"));
        await Assert.ThrowsAsync<ApiException>(() => _client.ApplyAsync(Resources.ConfigMaps, Connect.ConfigMap("a"), new ApplyOptions { FieldManager = "m" }));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task The_servers_retry_after_is_obeyed()
    {
        var time = new ManualTimeProvider();
        using var client = Connect.To(_server.Url, time);
        FailFirst(1, context => FakeApiServer.RefuseAsync(context, 429, "TooManyRequests", "later", retryAfterSeconds: 7));
        var list = client.ListAsync(Resources.ConfigMaps);
        await Eventually.SeeAsync("the client pauses for 7 s", () => Task.FromResult(time.NextTimer), next => next == TimeSpan.FromSeconds(7));
        time.Advance(TimeSpan.FromSeconds(6.9));
        await ManualTimeProvider.SettleAsync();
        Assert.Single(_server.Requests);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Empty((await list).Items);
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_a_timeout()
    {
        var time = new ManualTimeProvider();
        using var client = Connect.To(_server.Url, time, new ApiClientOptions { UserAgent = "t/1", Retries = 0, AttemptTimeout = TimeSpan.FromSeconds(30) });
        _server.Intercept = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        var list = client.ListAsync(Resources.ConfigMaps);
        await Eventually.SeeAsync("the request arrives", () => Task.FromResult(_server.Requests.Count), count => count == 1);
        time.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => list);
    }

    [Fact]
    public async Task A_page_of_a_load_balancer_becomes_an_error_with_its_code()
    {
        _server.Intercept = async context =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
            await context.Response.WriteAsync("<html>go away</html>");
            return true;
        };
        var refused = await Assert.ThrowsAsync<ApiException>(() => _client.ListAsync(Resources.ConfigMaps));
        Assert.Equal((403, ApiReason.Forbidden, "<html>go away</html>"), (refused.Error.Code, refused.Error.Reason, refused.Error.Message));
    }

    private void FailFirst(int count, Func<HttpContext, Task> fail)
    {
        _server.Intercept = async context =>
        {
            if (Interlocked.Increment(ref _failures) > count)
            {
                return false;
            }

            await fail(context);
            return true;
        };
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
