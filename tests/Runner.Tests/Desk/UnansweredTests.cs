using System.Text.Json;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Desk;

/// <summary>Targets that do not answer, or not all, or not wholly: no statement about latency holds because of it, with one worker or three, over either sender.</summary>
public sealed class UnansweredTests
{
    private const string Whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    // Thresholds, and whether they hold where all, or one in ten, are not answered; ? = in doubt.
    private static readonly (string Expression, char All, char Tenth)[] Statements =
    [
        ("p(95)<60s", 'n', 'n'), ("p(95)<60s over 1s", 'n', 'n'), ("p(50)<60s", 'n', 'y'), ("max<60s", 'n', 'n'), ("max<60s over 1s", 'n', 'n'), ("avg<5s", 'n', '?'), ("avg<5s over 1s", 'n', '?'),
        ("min<60s", 'n', 'y'),
    ];

    [Theory]
    [InlineData("refuses", 1, "loop")]
    [InlineData("refuses", 3, "loop")]
    [InlineData("refuses", 1, "sockets")]
    [InlineData("truncates", 1, "loop")]
    [InlineData("truncates", 3, "sockets")]
    [InlineData("resets one in ten", 1, "loop")]
    [InlineData("resets one in ten", 3, "loop")]
    [InlineData("resets one in ten", 1, "sockets")]
    public async Task No_statement_about_latency_gets_better(string target, int runners, string sender)
    {
        await using var server = Start(target);
        var url = server?.Url ?? new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var thresholds = string.Join(", ", Statements.Select(s => $"\"{s.Expression}\""));
        var run = await DeskCase.RunOverAsync(sender, Manifest($"http_req_duration: [{thresholds}]"), "--target", url.ToString(), "--runners", $"{runners}");
        Assert.Equal((99, "Failed"), (run.ExitCode, run.Verdict));

        var all = run.Requests;
        var some = target == "resets one in ten";
        var metric = run.Report.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "http_req_duration");
        Assert.Equal(all, metric.GetProperty("count").GetInt64());
        var unanswered = metric.GetProperty("unanswered").GetInt64();
        // Every tenth by the server's count; a run's last ones make it no exact tenth.
        if (some) Assert.InRange(unanswered, (all / 10) - runners, (all / 10) + runners);
        else Assert.Equal(all, unanswered);
        Assert.Equal(unanswered, (long)run.Metric("http_req_failed_duration", "count"));
        foreach (var number in (string[])["p95", "p99", "max"]) Assert.Equal(JsonValueKind.Null, metric.GetProperty(number).ValueKind);
        foreach (var number in (string[])["avg", "min", "med"]) Assert.Equal(some ? JsonValueKind.Number : JsonValueKind.Null, metric.GetProperty(number).ValueKind);

        foreach (var ((expression, whenAll, whenTenth), judged) in Statements.Zip(run.Report.GetProperty("thresholds").EnumerateArray()))
        {
            var wanted = some ? whenTenth : whenAll;
            var (ok, inDoubt) = (judged.GetProperty("ok").GetBoolean(), judged.TryGetProperty("inDoubt", out _));
            Assert.True((wanted == 'y', wanted == '?') == (ok, inDoubt), $"{expression}: wanted {wanted}, seen {judged}");
            Assert.InRange(judged.GetProperty("unanswered").GetInt64(), 1, unanswered);
        }

        Assert.Contains("http_req_duration p(95) no answer for ", run.Report.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("p(95)=no answer", run.Output, StringComparison.Ordinal);
        Assert.Contains($"unanswered={unanswered}", run.Output, StringComparison.Ordinal);
        Assert.Equal("no answer", run.Report.GetProperty("latency").GetProperty("p95").GetString());
    }

    [Fact]
    public async Task An_average_that_holds_only_without_them_is_no_verdict()
    {
        await using var server = Start("resets one in ten");
        var run = await DeskCase.RunOverAsync("loop", Manifest("http_req_duration: [\"avg<5s\"]"), "--target", server!.Url.ToString());
        Assert.Equal((111, "Unanswered"), (run.ExitCode, run.Report.GetProperty("reason").GetString()));
        Assert.Contains("with 60 s for each of them it would be", run.Report.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("! 'avg<5s'", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_with_an_error_status_is_an_answer()
    {
        await using var server = RawHttpServer.Answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        var run = await DeskCase.RunOverAsync("loop", Manifest("http_req_duration: [\"max<60s\"]"), "--target", server.Url.ToString());
        Assert.Equal((0, "Passed"), (run.ExitCode, run.Verdict));
        Assert.DoesNotContain("unanswered=", run.Output, StringComparison.Ordinal);
    }

    private static string Manifest(string thresholds) =>
        $$$"""
        apiVersion: loadtest.dev/v1alpha1
        kind: LoadTest
        metadata: {name: unanswered}
        spec:
          flows: {f: [{request: {name: r, url: /, timeout: 60s}}]}
          scenarios: {s: {executor: constant-arrival-rate, rate: 60, duration: 3s, preAllocatedVUs: 30, exec: f}}
          thresholds:
            {{{thresholds}}}
        """;

    private static RawHttpServer? Start(string target)
    {
        var requests = 0;
        return target switch
        {
            "refuses" => null,
            "truncates" => RawHttpServer.Start(async c =>
            {
                await c.ReadRequestAsync();
                await c.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            }),
            _ => RawHttpServer.Start(async c =>
            {
                while (await c.ReadRequestAsync() is not null)
                {
                    if (Interlocked.Increment(ref requests) % 10 == 0)
                    {
                        // An answer that began, so that no client sends the request again.
                        await c.WriteAsync(Whole[..20]);
                        await c.PauseAsync(20);
                        c.Reset();
                        return;
                    }

                    await c.WriteAsync(Whole);
                }
            }),
        };
    }
}
