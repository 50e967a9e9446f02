using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;

namespace LoadTesting.Kubernetes.Tests.Client;

public sealed class CredentialTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("credentials-");
    private readonly ManualTimeProvider _time = new();
    private FakeApiServer _server = null!;

    private string File => Path.Combine(_folder.FullName, "token");

    public async Task InitializeAsync() => _server = await FakeApiServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_rotated_token_file_is_read_anew_after_a_minute()
    {
        await System.IO.File.WriteAllTextAsync(File, "one\n");
        using var client = Client(new ClusterUser { TokenFile = File });
        await AskAsync(client);
        await System.IO.File.WriteAllTextAsync(File, "two");
        await AskAsync(client);
        _time.Advance(TimeSpan.FromSeconds(61));
        await AskAsync(client);
        Assert.Equal(["Bearer one", "Bearer one", "Bearer two"], Shown);
    }

    [Fact]
    public async Task A_refused_token_is_read_anew_at_once_and_only_once()
    {
        await System.IO.File.WriteAllTextAsync(File, "one");
        using var client = Client(new ClusterUser { TokenFile = File });
        _server.Intercept = async context =>
        {
            if (context.Request.Headers.Authorization == "Bearer two")
            {
                return false;
            }

            await FakeApiServer.RefuseAsync(context, 401, "Unauthorized", "who are you");
            return true;
        };
        await Assert.ThrowsAsync<ApiException>(() => AskAsync(client));
        Assert.Equal(2, Shown.Count());
        await System.IO.File.WriteAllTextAsync(File, "two");
        await AskAsync(client);
        Assert.Equal("Bearer two", Shown.Last());
    }

    [Fact]
    public async Task A_fixed_token_that_is_refused_is_not_shown_again()
    {
        using var client = Client(new ClusterUser { Token = "t" });
        _server.Intercept = async context =>
        {
            await FakeApiServer.RefuseAsync(context, 401, "Unauthorized", "who are you");
            return true;
        };
        var refused = await Assert.ThrowsAsync<ApiException>(() => AskAsync(client));
        Assert.Equal(ApiReason.Unauthorized, refused.Error.Reason);
        Assert.Single(Shown);
    }

    [Fact]
    public async Task Name_and_password_and_impersonation_are_shown()
    {
        using var client = Client(new ClusterUser { Username = "u", Password = "p", ImpersonateUser = "x", ImpersonateGroups = ["g"] });
        await AskAsync(client);
        Assert.Equal("Basic dTpw", Shown.Single());
        Assert.Equal(("x", "g"), (_server.Requests[0].Headers["Impersonate-User"], _server.Requests[0].Headers["Impersonate-Group"]));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task An_exec_plugin_is_asked_once_until_its_token_expires(string version)
    {
        var expiry = ManualTimeProvider.Epoch.AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        using var client = Client(new ClusterUser { Exec = Plugin(version, $$"""{"token":"'$(wc -l < {{File}})'","expirationTimestamp":"{{expiry}}"}""") });
        await AskAsync(client);
        _time.Advance(TimeSpan.FromMinutes(9));
        await AskAsync(client);
        Assert.Single(await System.IO.File.ReadAllLinesAsync(File));
        _time.Advance(TimeSpan.FromMinutes(2));
        await AskAsync(client);
        Assert.Equal(2, (await System.IO.File.ReadAllLinesAsync(File)).Length);
        Assert.Equal(["Bearer 1", "Bearer 1", "Bearer 2"], Shown);
    }

    [Fact]
    public async Task An_exec_plugin_learns_about_the_cluster_and_that_nobody_is_there()
    {
        using var client = Client(new ClusterUser { Exec = Plugin("v1", """{"token":"t"}""") with { ProvideClusterInfo = true } });
        await AskAsync(client);
        var info = (await System.IO.File.ReadAllTextAsync(File)).Trim();
        Assert.Contains($"\"server\":\"{_server.Url}", info, StringComparison.Ordinal);
        Assert.Contains("\"interactive\":false", info, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("echo nonsense", "did not print JSON")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "neither a token nor a certificate")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}'""", "not in client.authentication.k8s.io/v1")]
    public async Task An_exec_plugin_that_fails_says_how(string script, string message)
    {
        var plugin = new ExecPlugin { ApiVersion = "client.authentication.k8s.io/v1", Command = "/bin/sh", Args = ["-c", script] };
        using var client = Client(new ClusterUser { Exec = plugin }, retries: 0);
        var failed = await Assert.ThrowsAsync<CredentialException>(() => AskAsync(client));
        Assert.Contains(message, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_exec_plugin_comes_with_its_install_hint()
    {
        var plugin = new ExecPlugin { ApiVersion = "client.authentication.k8s.io/v1", Command = "no-such-login-program", InstallHint = "get it from your admin" };
        using var client = Client(new ClusterUser { Exec = plugin }, retries: 0);
        var failed = await Assert.ThrowsAsync<CredentialException>(() => AskAsync(client));
        Assert.Contains("get it from your admin", failed.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Shown => _server.Requests.Select(r => r.Headers["Authorization"]);

    private static Task AskAsync(ApiClient client) => client.ListAsync(Resources.ConfigMaps);

    private ApiClient Client(ClusterUser user, int retries = 1) =>
        Connect.To(_server.Url, _time, new ApiClientOptions { UserAgent = "t/1", Retries = retries }, user);

    /// <summary>Notes each call with what it was told.</summary>
    private ExecPlugin Plugin(string version, string status) => new()
    {
        ApiVersion = $"client.authentication.k8s.io/{version}",
        Command = "/bin/sh",
        Args =
        [
            "-c",
            $$"""
            echo "$KUBERNETES_EXEC_INFO" >> {{File}}
            echo '{"apiVersion":"client.authentication.k8s.io/{{version}}","kind":"ExecCredential","status":{{status}}}'
            """,
        ],
    };
}
