using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LoadTesting.Runner.Target;

namespace LoadTesting.Runner.Tests.Target;

public sealed class TargetServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private TargetServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TargetServer.StartAsync(IPAddress.Loopback, 0, TimeProvider.System);
        _client.BaseAddress = _server.Url;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_page_names_every_endpoint_that_the_document_names()
    {
        var page = await _client.GetStringAsync("/");
        var document = await File.ReadAllTextAsync(Path.Combine(TestKit.RepositoryPaths.Root, "docs", "demo-target.md"));
        foreach (var (route, _) in TargetEndpoints.List)
        {
            Assert.Contains(route, page, StringComparison.Ordinal);
            var path = route.Split(' ')[1].Split('?')[0].TrimEnd(',');
            Assert.Contains(path, document, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0s")]
    [InlineData("soon")]
    public async Task A_limiters_window_that_is_no_time_is_refused(string window)
    {
        var (code, output, error) = await TestKit.LoadtestProcess.RunAsync("target", "--port", "0", "--limiter-window", window);
        Assert.True(code == 104, output);
        Assert.Contains($"--limiter-window wants a time with a unit, as in 2s, got \"{window}\"", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.25", 200, 50)]
    [InlineData("0", 30, 0)]
    [InlineData("1", 30, 30)]
    [InlineData("0.333", 100, 33)]
    public async Task A_share_of_failures_is_exact_not_random(string rate, int requests, int failures)
    {
        var failed = 0;
        for (var i = 0; i < requests; i++)
        {
            using var answer = await _client.GetAsync($"/fail/{rate}");
            failed += answer.StatusCode == HttpStatusCode.InternalServerError ? 1 : 0;
        }

        Assert.Equal(failures, failed);
    }

    [Fact]
    public async Task A_sale_never_sells_more_than_it_has_and_repeats_its_answer_for_a_known_key()
    {
        using var opened = await _client.PostAsJsonAsync("/init", new { productId = "lamp", quantity = 10 });
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => OrderAsync($"key-{i % 30}")));
        Assert.All(answers, a => Assert.True(a is HttpStatusCode.OK or HttpStatusCode.Conflict));
        var count = await _client.GetFromJsonAsync<JsonElement>("/orders/count?productId=lamp");
        Assert.Equal(10, count.GetProperty("count").GetInt32());
        Assert.Equal(await OrderAsync("key-0"), answers[0]);
    }

    [Fact]
    public async Task The_limit_answers_429_with_retry_after_from_the_first_request_too_many()
    {
        var statuses = new List<int>();
        for (var i = 0; i < 7; i++)
        {
            using var answer = await _client.GetAsync("/limited?perMinute=5");
            statuses.Add((int)answer.StatusCode);
            Assert.Equal(answer.StatusCode == HttpStatusCode.TooManyRequests, answer.Headers.RetryAfter is not null);
        }

        // A run that crosses the minute's end may see two windows, so only the order within one is certain.
        Assert.Equal(5, statuses.TakeWhile(s => s == 200).Count());
        Assert.Contains(429, statuses);
    }

    [Fact]
    public async Task Redirects_lead_to_a_document_in_so_many_hops()
    {
        var path = "/redirect/3";
        var hops = 0;
        while (true)
        {
            using var answer = await _client.GetAsync(path);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            hops++;
            path = answer.Headers.Location!.ToString();
        }

        Assert.Equal(3, hops);
    }

    [Fact]
    public async Task Statistics_count_every_request_but_their_own()
    {
        for (var i = 0; i < 5; i++)
        {
            await _client.GetStringAsync("/json");
        }

        using (await _client.GetAsync("/status/418"))
        {
        }

        var stats = await _client.GetFromJsonAsync<JsonElement>("/stats");
        Assert.Equal(6, stats.GetProperty("requests").GetInt32());
        Assert.Equal(5, stats.GetProperty("routes").GetProperty("GET /json").GetInt32());
        Assert.Equal(1, stats.GetProperty("statuses").GetProperty("418").GetInt32());
        var log = (await _client.GetFromJsonAsync<JsonElement>("/stats/log")).EnumerateArray().ToList();
        Assert.Equal(6, log.Count);
        Assert.Equal(("GET", "/status/418", 418), (log[5].GetProperty("method").GetString(), log[5].GetProperty("url").GetString(), log[5].GetProperty("status").GetInt32()));
        Assert.Equal(log.Select(e => e.GetProperty("at_ns").GetInt64()).Order(), log.Select(e => e.GetProperty("at_ns").GetInt64()));
        using var slow = await _client.GetAsync("/delay/20?n=1");
        var last = (await _client.GetFromJsonAsync<JsonElement>("/stats/log")).EnumerateArray().Last();
        // The platform's timers go by a clock of 4 ms, and so may end as much too early.
        Assert.InRange(last.GetProperty("service_us").GetInt64(), 15_000, long.MaxValue);
        Assert.Equal($"app;dur={last.GetProperty("service_us").GetInt64() / 1000m:F3}", Assert.Single(slow.Headers.GetValues("server-timing")));
        using var reset = await _client.DeleteAsync("/stats");
        Assert.Equal(0, _server.Statistics.Requests);
    }

    [Fact]
    public async Task Requests_in_a_stall_wait_for_its_end_and_others_do_not()
    {
        // The window opens at the first request of its path and lasts 1500 ms: a request in it cannot end before.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await _client.GetStringAsync("/stall/0/1500");
        Assert.True(clock.ElapsedMilliseconds >= 1490, $"ended after {clock.ElapsedMilliseconds} ms");
        Assert.Equal("", await _client.GetStringAsync("/stall/600000/1000"));
    }

    [Fact]
    public async Task Streams_and_bytes_have_the_length_they_promise()
    {
        Assert.Equal(100_000, (await _client.GetByteArrayAsync("/bytes/100000")).Length);
        Assert.Equal(3 * 500, (await _client.GetByteArrayAsync("/stream/3?bytes=500&interval=1")).Length);
    }

    [Fact]
    public async Task The_server_stops_while_a_body_without_end_is_read()
    {
        using var answer = await _client.GetAsync("/endless", HttpCompletionOption.ResponseHeadersRead);
        await _server.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await answer.Content.CopyToAsync(Stream.Null));
    }

    private async Task<HttpStatusCode> OrderAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/order") { Content = JsonContent.Create(new { productId = "lamp" }) };
        request.Headers.Add("x-idempotency-key", key);
        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }
}
