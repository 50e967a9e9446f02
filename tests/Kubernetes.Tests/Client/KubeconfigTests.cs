using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LoadTesting.Kubernetes.Client;

namespace LoadTesting.Kubernetes.Tests.Client;

public sealed class KubeconfigTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubeconfig-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_current_context_names_cluster_user_and_namespace()
    {
        var config = Valid("""
            current-context: two
            contexts:
            - {name: one, context: {cluster: c1, user: u1}}
            - {name: two, context: {cluster: c2, user: u2, namespace: shop}}
            clusters:
            - {name: c1, cluster: {server: "https://one:6443"}}
            - {name: c2, cluster: {server: "https://two:6443/prefix", tls-server-name: inner, proxy-url: "http://proxy:3128"}}
            users:
            - {name: u1, user: {token: t1}}
            - {name: u2, user: {token: t2, as: somebody, as-groups: [g1, g2]}}
            """);
        Assert.Equal("https://two:6443/prefix", config.Server.ToString());
        Assert.Equal(("shop", "t2", "inner", "somebody"), (config.Namespace, config.User.Token, config.Tls.ServerName, config.User.ImpersonateUser));
        Assert.Equal(["g1", "g2"], config.User.ImpersonateGroups);
        Assert.Equal("http://proxy:3128/", config.Proxy!.ToString());
    }

    [Fact]
    public void Another_context_can_be_asked_for()
    {
        var path = Write("a", Minimal);
        Assert.Equal("https://b:1/", Kubeconfig.Load([path], "other").Config!.Server.ToString());
        var missing = Kubeconfig.Load([path], "nowhere");
        Assert.Contains("there is no context nowhere; there are: main, other", Assert.Single(missing.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_files_the_first_to_name_something_wins_and_missing_files_are_passed_over()
    {
        var first = Write("first", """
            clusters: [{name: c, cluster: {server: "https://first:1"}}]
            """);
        var second = Write("second", """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://second:1"}}]
            users: [{name: u, user: {tokenFile: token}}]
            """);
        File.WriteAllText(Path.Combine(_folder.FullName, "token"), "t");
        var config = Kubeconfig.Load([Path.Combine(_folder.FullName, "none"), first, second]).Config!;
        Assert.Equal("https://first:1/", config.Server.ToString());
        Assert.Equal(Path.Combine(_folder.FullName, "token"), config.User.TokenFile);
    }

    [Fact]
    public void Certificates_come_in_place_or_from_files_beside_the_kubeconfig()
    {
        var (certificate, key) = Pair();
        File.WriteAllText(Path.Combine(_folder.FullName, "ca.crt"), certificate);
        var config = Valid($$$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://a:1", certificate-authority: ca.crt}}]
            users: [{name: u, user: {client-certificate-data: {{{{Base64(certificate)}}}} , client-key-data: {{{{Base64(key)}}}} }}]
            """);
        Assert.Equal(certificate, config.Tls.CertificateAuthority!.Read());
        Assert.Equal(certificate, config.User.ClientCertificate!.Read());
        Assert.Equal(key, config.User.ClientKey!.Read());
    }

    [Fact]
    public void Data_precedes_the_file()
    {
        var (certificate, _) = Pair();
        var config = Valid($$$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c}}]
            clusters: [{name: c, cluster: {server: "https://a:1", certificate-authority: missing.crt, certificate-authority-data: {{{{Base64(certificate)}}}} }}]
            """);
        Assert.Equal(certificate, config.Tls.CertificateAuthority!.Read());
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public void Exec_plugins_are_read_with_arguments_and_environment(string version)
    {
        var config = Valid($$$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://a:1"}}]
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/{{{{version}}}}
                  command: ./bin/login
                  args: [--token, "5"]
                  env: [{name: A, value: b}]
                  interactiveMode: IfAvailable
                  provideClusterInfo: true
            """);
        var exec = config.User.Exec!;
        Assert.Equal(Path.Combine(_folder.FullName, "bin", "login"), exec.Command);
        Assert.Equal(["--token", "5"], exec.Args);
        Assert.Equal("b", exec.Env["A"]);
        Assert.True(exec.ProvideClusterInfo);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var problems = Kubeconfig.Load([Write("bad", """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "not a url", certificate-authority-data: "%%%", insecure-skip-tls-verify: maybe}}]
            users:
            - name: u
              user:
                client-certificate: nowhere.crt
                tokenFile: nowhere.token
                auth-provider: {name: gcp}
                exec: {apiVersion: v7, interactiveMode: Always}
            """)]).Problems;
        Assert.Equal(
            [
                "clusters[c].cluster.certificate-authority-data",
                "clusters[c].cluster.insecure-skip-tls-verify",
                "clusters[c].cluster.server",
                "users[u].user.auth-provider",
                "users[u].user.client-certificate",
                "users[u].user.client-key",
                "users[u].user.exec.apiVersion",
                "users[u].user.exec.command",
                "users[u].user.exec.interactiveMode",
                "users[u].user.tokenFile",
            ],
            problems.Select(p => p.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("contexts: [{name: x, context: {cluster: c}}]", "current-context")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: none}}]", "contexts[x].context.cluster")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c, user: none}}]\nclusters: [{name: c, cluster: {server: 'https://a'}}]", "contexts[x].context.user")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {}}]", "clusters[c].cluster.server")]
    [InlineData("contexts: text", "contexts")]
    [InlineData("- a list", "")]
    public void A_dangling_or_misshapen_entry_is_told_with_its_path(string text, string path) =>
        Assert.Contains(Kubeconfig.Load([Write("bad", text)]).Problems, p => p.Path == path);

    [Fact]
    public void What_is_not_yaml_or_not_there_is_a_problem_and_no_exception()
    {
        Assert.StartsWith("line ", Assert.Single(Kubeconfig.Load([Write("bad", "{ unclosed")]).Problems).Path, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Single(Kubeconfig.Load([Path.Combine(_folder.FullName, "none")]).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_and_texts_never_show_credentials()
    {
        var config = Valid(Minimal);
        Assert.Equal("s3cret", config.User.Token);
        Assert.DoesNotContain("s3cret", config.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_finds_its_service_account()
    {
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("token", "t"), ("ca.crt", Pair().Certificate), ("namespace", "shop\n")])
        {
            File.WriteAllText(Path.Combine(_folder.FullName, name), text);
        }

        var config = InClusterConfig.Load(Environment(("KUBERNETES_SERVICE_HOST", "fd00::1"), ("KUBERNETES_SERVICE_PORT", "443")), _folder.FullName).Config!;
        Assert.Equal(("https://[fd00::1]/", "shop"), (config.Server.ToString(), config.Namespace));
        Assert.Equal(Path.Combine(_folder.FullName, "token"), config.User.TokenFile);
    }

    [Fact]
    public void Outside_a_pod_everything_that_is_missing_is_told() =>
        Assert.Equal(4, InClusterConfig.Load(Environment(), _folder.FullName).Problems.Count);

    [Fact]
    public void Kubeconfig_precedes_the_pod_and_the_pod_precedes_home()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".kube"));
        Write(Path.Combine(".kube", "config"), Minimal.Replace("https://a:1", "https://home:1", StringComparison.Ordinal));
        var own = Write("own", Minimal.Replace("https://a:1", "https://own:1", StringComparison.Ordinal));
        var home = ("HOME", _folder.FullName);
        var pod = ("KUBERNETES_SERVICE_HOST", "10.0.0.1");
        Assert.Equal("https://own:1/", ClusterConfig.Discover(null, Environment(home, pod, ("KUBECONFIG", own))).Config!.Server.ToString());
        Assert.Equal("https://home:1/", ClusterConfig.Discover(null, Environment(home)).Config!.Server.ToString());
        Assert.Contains(ClusterConfig.Discover(null, Environment(home, pod)).Problems, p => p.Source == "KUBERNETES_SERVICE_PORT");
    }

    private const string Minimal = """
        current-context: main
        contexts: [{name: main, context: {cluster: a, user: u}}, {name: other, context: {cluster: b, user: u}}]
        clusters: [{name: a, cluster: {server: "https://a:1"}}, {name: b, cluster: {server: "https://b:1"}}]
        users: [{name: u, user: {token: s3cret}}]
        """;

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(v => v.Name == name).Value;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static (string Certificate, string Key) Pair()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private ClusterConfig Valid(string text)
    {
        var result = Kubeconfig.Load([Write("config", text)]);
        Assert.Empty(result.Problems);
        return result.Config!;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
