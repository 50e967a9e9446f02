using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LoadTesting.Metrics;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Contract;
using LoadTesting.Operator.Collection;
using LoadTesting.Operator.Workloads;
using LoadTesting.TestKit;

namespace LoadTesting.Operator.Tests.Collection;

/// <summary>What the operator takes from whatever answers at a runner's address. Real sockets on loopback.</summary>
public sealed class RunnerClientTests : IDisposable
{
    private static readonly RunKeys Keys = new(new byte[RunKeys.KeyLength]);
    private static readonly AgentAccess Access = new("run-uid", "the-token");

    // Long: only the case that waits for it meets it.
    private readonly RunnerClient _client = new(TimeProvider.System, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), Keys.PublicKeyOf);

    public void Dispose() => _client.Dispose();

    public static TheoryData<string, string, string> Excesses => new()
    {
        { "a body that says it is long", "Content-Length: 734003200\r\n\r\n", "longer than 8 MiB" },
        { "a body that says it is a little too long", "Content-Length: 8388609\r\n\r\n", "longer than 8 MiB" },
        { "a body without end, in chunks", "Transfer-Encoding: chunked\r\n\r\n", "longer than 8 MiB" },
        { "a body without end and length", "Connection: close\r\n\r\n", "longer than 8 MiB" },
        { "a packed body", "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n12345", "content coding" },
        { "a head without end", "endless", "the head of its answer is longer than 16 KiB" },
    };

    [Theory]
    [MemberData(nameof(Excesses))]
    public async Task An_answer_that_is_too_much_is_refused_and_not_held(string what, string answer, string refusal)
    {
        await using var server = RawHttpServer.Start(async connection =>
        {
            if (await connection.ReadRequestAsync() is null)
            {
                return;
            }

            var header = new string('x', 1000);
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n");
            if (answer == "endless")
            {
                for (var i = 0; i < 700_000; i++)
                {
                    await connection.WriteAsync($"X-{i}: {header}\r\n");
                }
            }

            await connection.WriteAsync(answer);
            var chunk = new byte[64 * 1024];
            var mark = answer.Contains("chunked", StringComparison.Ordinal) ? "10000\r\n" : "";
            for (var i = 0; i < 11_200; i++)
            {
                await connection.WriteAsync(mark);
                await connection.WriteAsync(chunk);
                await connection.WriteAsync(mark.Length > 0 ? "\r\n" : "");
            }
        });

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var reading = await _client.ReadAsync(server.Url, Access, 0, default);
        var verb = await _client.StopAsync(server.Url, Access, interrupt: false, default);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(reading.IsRefused, $"{what}: {reading.Error}");
        Assert.Contains(refusal, reading.Error, StringComparison.Ordinal);
        Assert.Null(reading.State);
        Assert.Equal(0, verb.Status);
        Assert.Contains(refusal.Replace("8 MiB", "1 MiB", StringComparison.Ordinal), verb.Text, StringComparison.Ordinal);
        // The server of this process allocates too: what it writes, not what 700 MB would take.
        Assert.True(allocated < 200L * 1024 * 1024, $"{what}: {allocated} bytes were allocated");
    }

    [Fact]
    public async Task The_time_limit_covers_the_whole_answer()
    {
        using var hasty = new RunnerClient(TimeProvider.System, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), Keys.PublicKeyOf);
        await using var server = RawHttpServer.Start(async connection =>
        {
            if (await connection.ReadRequestAsync() is not null)
            {
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                for (var i = 0; i < 600; i++)
                {
                    await connection.WriteAsync("x");
                    await connection.PauseAsync(100);
                }
            }
        });
        Assert.Equal((null, "no whole answer within 1 s"), await hasty.ReadAsync(server.Url, Access, 0, default) is var r ? (r.State, r.Error) : default);
        Assert.Equal(new VerbResult(0, "no whole answer within 1 s"), await hasty.AcknowledgeAsync(server.Url, Access, default));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = RawHttpServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var server = RawHttpServer.Answering($"HTTP/1.1 307 Temporary Redirect\r\nLocation: {other.Url}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(307, (await _client.StopAsync(server.Url, Access, interrupt: false, default)).Status);
        Assert.Equal(0, other.Accepted);
    }

    [Fact]
    public async Task Who_has_the_runs_key_is_believed_and_sees_the_token()
    {
        await using var agent = RawHttpServer.Answering(SnapshotAnswer(), Tls(CertificateOf(Keys, "run-uid")));
        var reading = await _client.ReadAsync(agent.Url, Access, 0, default);
        Assert.True(reading.Snapshot is { OffsetNanoseconds: 1 }, reading.Error);
        Assert.Equal(AgentStates.Running, reading.State);
        Assert.Contains("Authorization: Bearer the-token", Assert.Single(agent.Requests), StringComparison.Ordinal);
        Assert.Equal(1, agent.Accepted);
    }

    public static TheoryData<string> Strangers => ["another run's key", "another operator's key", "a key of its own", "a certificate of a known authority", "an RSA key"];

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Who_does_not_have_it_is_not_believed_and_sees_nothing(string stranger)
    {
        using var authority = new TestCertificates();
        using var certificate = stranger switch
        {
            "another run's key" => CertificateOf(Keys, "other-uid"),
            "another operator's key" => CertificateOf(new RunKeys([.. Enumerable.Repeat((byte)1, RunKeys.KeyLength)]), "run-uid"),
            "a certificate of a known authority" => authority.Issue(RunnerTrust.HostOf("run-uid"), "127.0.0.1"),
            "an RSA key" => Rsa(),
            _ => CertificateOf(new RunKeys(System.Security.Cryptography.RandomNumberGenerator.GetBytes(RunKeys.KeyLength)), "x"),
        };
        await using var agent = RawHttpServer.Answering(SnapshotAnswer(), Tls(certificate));
        var reading = await _client.ReadAsync(agent.Url, Access, 0, default);
        Assert.True(reading is { State: null, Snapshot: null, IsRefused: true }, $"{stranger}: {reading}");
        Assert.Equal("what answers at the runner's address does not have this run's key", reading.Error);
        Assert.Equal(new VerbResult(0, reading.Error!), await _client.StartAsync(agent.Url, Access, DateTimeOffset.UnixEpoch, null, """{"secret":1}""", default));
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task A_connection_of_one_run_is_never_used_for_another_at_the_same_address()
    {
        await using var agent = RawHttpServer.Answering(SnapshotAnswer(), Tls(CertificateOf(Keys, "run-uid")));
        Assert.NotNull((await _client.ReadAsync(agent.Url, Access, 0, default)).Snapshot);
        Assert.True((await _client.ReadAsync(agent.Url, new AgentAccess("other-uid", "other-token"), 0, default)).IsRefused);
        Assert.NotNull((await _client.ReadAsync(agent.Url, Access, 0, default)).Snapshot);
        Assert.DoesNotContain(agent.Requests, r => r.Contains("other-token", StringComparison.Ordinal));
        Assert.Equal(2, agent.Accepted);
    }

    [Fact]
    public async Task Without_keys_nobody_is_trusted_over_TLS()
    {
        using var client = new RunnerClient(TimeProvider.System, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        await using var agent = RawHttpServer.Answering(SnapshotAnswer(), Tls(CertificateOf(Keys, "run-uid")));
        Assert.True((await client.ReadAsync(agent.Url, Access, 0, default)).IsRefused);
    }

    [Theory]
    [InlineData("uid.runner.loadtest.invalid", "uid")]
    [InlineData(".runner.loadtest.invalid", null)]
    [InlineData("runner.loadtest.invalid", null)]
    [InlineData("uid.runner.loadtest.invalid.evil", null)]
    [InlineData("", null)]
    public void A_runs_host_name_is_read_as_it_is_written(string host, string? run) => Assert.Equal(run, RunnerTrust.RunOf(host));

    private static SslServerAuthenticationOptions Tls(X509Certificate2 certificate) => new() { ServerCertificate = certificate };

    private static X509Certificate2 CertificateOf(RunKeys keys, string uid)
    {
        var (certificate, key) = keys.CertificateOf(uid);
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    private static X509Certificate2 Rsa()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return new CertificateRequest("CN=loadtest-runner", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    [SuppressMessage("Globalization", "CA1305", Justification = "numbers of no culture")]
    private static string SnapshotAnswer()
    {
        var body = System.Text.Encoding.Latin1.GetString(ExpositionWriter.Write(new WorkerSnapshot(0, 1, 1, false, Snapshot.Empty), ExpositionFormat.Protobuf));
        return string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\n{AgentContract.RunIdHeader}: run-uid\r\n{AgentContract.IndexHeader}: 0\r\n{AgentContract.StateHeader}: {AgentStates.Running}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
