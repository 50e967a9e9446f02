using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Observing;
using LoadTesting.Runner.Agent;
using LoadTesting.Runner.Engine;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Agent;

/// <summary>What an agent gives to whom: to who has the token everything, to others next to nothing, and to nobody more than it can spare.</summary>
public sealed class AgentServerTests : IAsyncLifetime
{
    private const string Token = "open-sesame";
    private const string Reason = "the password of the database is wrong";

    private readonly ManualTimeProvider _time = new();
    private readonly Workload _workload = new();
    private readonly TestCertificates _authority = new();
    private readonly List<AgentRun> _runs = [];
    private readonly List<AgentServer> _servers = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 8, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _client.Dispose();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _runs.ForEach(r => r.Dispose());
        _authority.Dispose();
    }

    public static TheoryData<string, string, int, int> Paths => new()
    {
        { "GET", AgentContract.HealthPath, 200, 200 },
        { "GET", AgentContract.ReadyPath, 503, 503 },
        { "GET", AgentContract.MetricsPath, 401, 200 },
        { "GET", AgentContract.PlanPath, 401, 200 },
        { "POST", AgentContract.AwaitPath, 401, 200 },
        { "POST", AgentContract.SetupPath, 401, 200 },
        { "POST", AgentContract.StartPath, 401, 400 },
        { "POST", AgentContract.ObservePath, 401, 400 },
        { "POST", AgentContract.StopPath, 401, 409 },
        { "POST", AgentContract.VerifyPath, 401, 200 },
        { "POST", AgentContract.TeardownPath, 401, 200 },
        { "POST", AgentContract.AckPath, 401, 409 },
        { "GET", "/", 404, 404 },
        { "GET", "/debug/pprof", 404, 404 },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Who_does_not_show_the_token_is_told_nothing_about_the_run(string method, string path, int without, int with)
    {
        _workload.Failure = new InvalidOperationException(Reason);
        var server = await StartAsync(tls: true, scrapes: true);
        await ReadyAsync(server, HttpStatusCode.ServiceUnavailable);
        foreach (var authorization in (string?[])[null, "", "Bearer", "Bearer ", "Bearer wrong", $"Bearer {Token}x", $"bearer-{Token}", $"Basic {Token}", $"Bearer  {Token}"])
        {
            using var answer = await SendAsync(server.Url, method, path, authorization);
            Assert.Equal((authorization, without), (authorization, (int)answer.StatusCode));
            Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("X-Loadtest", StringComparison.OrdinalIgnoreCase));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("password", text, StringComparison.Ordinal);
            Assert.DoesNotContain("run-1", text, StringComparison.Ordinal);
            Assert.True(answer.StatusCode != HttpStatusCode.Unauthorized || answer.Headers.ConnectionClose == true, "the connection of a stranger is not kept");
        }

        using var known = await SendAsync(server.Url, method, path, $"Bearer {Token}");
        Assert.Equal(with, (int)known.StatusCode);
        Assert.Equal("run-1", Assert.Single(known.Headers.GetValues(AgentContract.RunIdHeader)));
        Assert.Equal("3", Assert.Single(known.Headers.GetValues(AgentContract.IndexHeader)));
        Assert.Equal(AgentStates.Preparing, Assert.Single(known.Headers.GetValues(AgentContract.StateHeader)));
        Assert.True(path != AgentContract.ReadyPath || await known.Content.ReadAsStringAsync() == Reason);
    }

    [Fact]
    public async Task Readiness_is_open_and_its_reason_is_not()
    {
        var server = await StartAsync(tls: true, scrapes: true);
        await ReadyAsync(server, HttpStatusCode.OK);
        using var answer = await SendAsync(server.Url, "GET", AgentContract.ReadyPath, null);
        Assert.Equal("ready", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_certificate_is_the_one_that_was_given_and_cleartext_is_not_answered()
    {
        var server = await StartAsync(tls: true, scrapes: true);
        Assert.Equal(Uri.UriSchemeHttps, server.Url.Scheme);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await using (var stream = new SslStream(tcp.GetStream(), false, (_, shown, _, _) => shown!.GetCertHashString() == _workload.Certificate!.GetCertHashString()))
        {
            await stream.AuthenticateAsClientAsync("anything");
        }

        using var plain = new TcpClient();
        await plain.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await plain.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.DoesNotContain("HTTP", await EndAsync(plain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_connects_and_says_nothing_is_shown_out()
    {
        var server = await StartAsync(tls: true, scrapes: true);
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        var ended = EndAsync(silent);
        await Eventually.SeeAsync(
            "the end of the connection",
            () =>
            {
                // The server may take some time until it has accepted.
                _time.Advance(AgentLimits.Patience);
                return Task.FromResult(ended.IsCompleted);
            },
            isOver => isOver);
        Assert.Equal("", await ended);
    }

    [Fact]
    public async Task However_many_connect_there_are_so_many_connections_and_those_there_are_work()
    {
        var server = await StartAsync(tls: false, scrapes: true);
        using (var first = await SendAsync(server.Url, "GET", AgentContract.PlanPath, $"Bearer {Token}"))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        var crowd = new List<TcpClient>();
        try
        {
            for (var i = 0; i < AgentLimits.Connections + 20; i++)
            {
                var one = new TcpClient();
                crowd.Add(one);
                await one.ConnectAsync(IPAddress.Loopback, server.Url.Port);
            }

            // Those that are too many are closed at once; the others stay open.
            var ends = crowd.Select(EndAsync).ToList();
            await Eventually.SeeAsync("at least 20 closed", () => Task.FromResult(ends.Count(e => e.IsCompleted)), closed => closed >= 20);
            using var second = await SendAsync(server.Url, "GET", AgentContract.PlanPath, $"Bearer {Token}");
            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
            using var scrape = await _client.GetAsync(new Uri(server.ScrapeUrl!, AgentContract.MetricsPath));
            Assert.Equal(HttpStatusCode.OK, scrape.StatusCode);
        }
        finally
        {
            crowd.ForEach(c => c.Dispose());
        }
    }

    [Theory]
    [InlineData("a long head", 431)]
    [InlineData("many headers", 431)]
    [InlineData("a long path", 414)]
    [InlineData("a long body", 413)]
    public async Task A_request_that_is_too_much_is_refused(string what, int status)
    {
        var server = await StartAsync(tls: false, scrapes: false);
        var head = what switch
        {
            "a long head" => $"GET /healthz HTTP/1.1\r\nHost: x\r\nX: {new string('x', 17 * 1024)}\r\n\r\n",
            "many headers" => $"GET /healthz HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 40).Select(i => $"X{i}: x\r\n"))}\r\n",
            "a long path" => $"GET /{new string('x', 5000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            _ => $"POST /start HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\nContent-Length: 2000000\r\n\r\n",
        };
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        Assert.StartsWith($"HTTP/1.1 {status} ", await EndAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Anybody_may_scrape_and_however_many_do_it_costs_one_snapshot_a_second(bool hasPort)
    {
        var server = await StartAsync(tls: hasPort, scrapes: hasPort);
        await ReadyAsync(server, HttpStatusCode.OK);
        var url = new Uri(server.ScrapeUrl ?? server.Url, AgentContract.MetricsPath);
        var before = _workload.Snapshots;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => Assert.Contains("# EOF", await TextAsync(url, "application/openmetrics-text;version=1.0.0"), StringComparison.Ordinal)));
        Assert.Equal(before + 1, _workload.Snapshots);
        _time.Advance(AgentLimits.ScrapeAge);
        await TextAsync(url, "application/openmetrics-text;version=1.0.0");
        Assert.Equal(before + 2, _workload.Snapshots);

        // The operator's own format has the runner's number and instant in it, and is made for one reader.
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", ContentNegotiation.CollectorAccept);
        using var answer = await _client.SendAsync(request);
        Assert.Equal(ContentNegotiation.ContentType(ExpositionFormat.Protobuf), answer.Content.Headers.ContentType!.ToString());
        Assert.DoesNotContain("run-1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(hasPort, server.ScrapeUrl is not null);
        if (hasPort)
        {
            using var post = await _client.PostAsync(url, null);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
            using var plan = await _client.GetAsync(new Uri(url, AgentContract.PlanPath));
            Assert.Equal(HttpStatusCode.NotFound, plan.StatusCode);
        }
    }

    private async Task<AgentServer> StartAsync(bool tls, bool scrapes)
    {
        _workload.Certificate = tls ? _authority.Issue("runner") : null;
        var options = new AgentOptions
        {
            PlanFile = "plan.yaml", Index = 3, Count = 4, RunId = "run-1", Token = Token, Listen = IPAddress.Loopback, Port = 0, MetricsPort = scrapes ? 0 : null, Certificate = _workload.Certificate,
        };
        var run = new AgentRun(_workload, options, _time);
        _runs.Add(run);
        _ = run.ExecuteAsync(default);
        var server = await AgentServer.StartAsync(options, run, _time, default);
        _servers.Add(server);
        return server;
    }

    private Task ReadyAsync(AgentServer server, HttpStatusCode status) => Eventually.SeeAsync(
        $"{status}",
        async () =>
        {
            using var answer = await SendAsync(server.Url, "GET", AgentContract.ReadyPath, $"Bearer {Token}");
            return (answer.StatusCode, Text: await answer.Content.ReadAsStringAsync());
        },
        seen => seen.StatusCode == status && seen.Text != AgentStates.Preparing);

    private async Task<HttpResponseMessage> SendAsync(Uri url, string method, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(url, path));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await _client.SendAsync(request);
    }

    private async Task<string> TextAsync(Uri url, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        using var answer = await _client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>All that comes until the other side ends the connection.</summary>
    private static async Task<string> EndAsync(TcpClient client)
    {
        using var all = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(all);
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    private sealed class Workload : IWorkload
    {
        private int _snapshots;

        public Exception? Failure { get; set; }

        public X509Certificate2? Certificate { get; set; }

        public int Snapshots => Volatile.Read(ref _snapshots);

        public string PlanJson => "{}";

        public bool RunsStagesAfterLoad => false;

        public Task PrepareAsync(CancellationToken cancellation) => Failure is { } failure ? Task.FromException(failure) : Task.CompletedTask;

        public Task WarmUpAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task RunAsync(long startTimestamp, TimeSpan resume, string? setupJson, CancellationToken stop, CancellationToken cancellation) => Task.CompletedTask;

        public Task<StageAnswer> RunStageAsync(string stage, IJobHost jobs, CancellationToken cancellation) => Task.FromResult(new StageAnswer(true, null, "{}"));

        public Task<IReadOnlyList<QueryAnswer>> ObserveAsync(DateTimeOffset start, IReadOnlyList<QueryDue> due, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<QueryAnswer>>([]);

        public WorkerSnapshot TakeSnapshot(bool isFinal) => new(3, Interlocked.Increment(ref _snapshots), 0, isFinal, Snapshot.Empty);
    }
}
