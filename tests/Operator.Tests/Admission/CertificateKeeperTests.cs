using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Admission;
using LoadTesting.TestKit;
using LoadTesting.TestKit.FakeKubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Operator.Tests.Admission;

/// <summary>Certificates over weeks, against an API server in this process.</summary>
public sealed class CertificateKeeperTests : IAsyncLifetime
{
    private const string Name = "loadtest-operator";
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private FakeApiServer _server = null!;
    private ApiClient _client = null!;

    private static ResourceType<UntypedObject> Type { get; } = Resources.Untyped(
        "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", isNamespaced: false);

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = new ApiClient(
            new ClusterConfig { Server = _server.Url }, new ApiClientOptions { UserAgent = "keeper-tests/1" }, TimeProvider.System, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        _client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Every_replica_adds_its_own_and_none_takes_away_anothers()
    {
        await ConfigureAsync();
        using var one = Keeper();
        using var two = Keeper();
        var running = new[] { one.RunAsync(_stop.Token), two.RunAsync(_stop.Token) };
        var bundle = await Eventually.SeeAsync("both certificates", BundleAsync, b => TrustBundle.Has(b, one.Serving) && TrustBundle.Has(b, two.Serving));
        Assert.NotEqual(one.Serving.Thumbprint, two.Serving.Thumbprint);

        // Nothing is missing: nothing is written.
        await Eventually.SeeAsync("both wait", () => Task.FromResult(_time.ArmedTimers), timers => timers == 2);
        var writes = Writes();
        _time.Advance(CertificateKeeper.Beat);
        await Eventually.SeeAsync("both looked", () => Task.FromResult(_server.Requests.Count(r => r.Method == "GET")), gets => gets >= 4);
        await Eventually.SeeAsync("both wait again", () => Task.FromResult(_time.ArmedTimers), timers => timers == 2);
        Assert.Equal(writes, Writes());
        Assert.Equal(bundle, await BundleAsync());

        // Somebody applies the configuration anew, without a bundle.
        await ConfigureAsync();
        _time.Advance(CertificateKeeper.Beat);
        await Eventually.SeeAsync("both again", BundleAsync, b => TrustBundle.Has(b, one.Serving) && TrustBundle.Has(b, two.Serving));
        await _stop.CancelAsync();
        await Task.WhenAll(running);
    }

    [Fact]
    public async Task A_new_certificate_is_trusted_before_it_is_used_and_the_old_one_stays_trusted_to_its_end()
    {
        await ConfigureAsync();
        using var keeper = Keeper();
        var running = keeper.RunAsync(_stop.Token);
        await Eventually.SeeAsync("waits", () => Task.FromResult(_time.ArmedTimers), timers => timers == 1);
        Assert.True(keeper.IsTrusted);
        var first = keeper.Serving;

        _time.Advance(WebhookCertificate.RenewAfter);
        await Eventually.SeeAsync("two certificates", BundleAsync, b => System.Text.Encoding.ASCII.GetString(b).Split("BEGIN CERTIFICATE").Length == 3);
        await Eventually.SeeAsync("waits for all API servers", () => Task.FromResult(_time.ArmedTimers), timers => timers == 1);
        Assert.Same(first, keeper.Serving);
        _time.Advance(CertificateKeeper.Propagation);
        await Eventually.SeeAsync("the new one is used", () => Task.FromResult(keeper.Serving), c => c != first);
        Assert.True(TrustBundle.Has(await BundleAsync(), keeper.Serving));
        Assert.True(TrustBundle.Has(await BundleAsync(), first));
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Without_its_configuration_it_goes_on_and_trusts_as_soon_as_there_is_one()
    {
        using var keeper = Keeper();
        var running = keeper.RunAsync(_stop.Token);
        await Eventually.SeeAsync("waits", () => Task.FromResult(_time.ArmedTimers), timers => timers == 1);
        Assert.False(keeper.IsTrusted);
        await ConfigureAsync();
        _time.Advance(CertificateKeeper.Retry);
        await Eventually.SeeAsync("trusted", () => Task.FromResult(keeper.IsTrusted), trusted => trusted);
        await _stop.CancelAsync();
        await running;
    }

    private CertificateKeeper Keeper() => new(_client, _client, Name, ["operator.loadtest-system.svc"], _time, NullLogger.Instance);

    private int Writes() => _server.Requests.Count(r => r.Method == "PATCH");

    private async Task ConfigureAsync()
    {
        await _client.DeleteAsync(Type, new NamespacedName("", Name));
        var webhooks = JsonNode.Parse("""[{"name":"manifests.loadtest.dev","clientConfig":{"url":"https://operator"}}]""");
        await _client.ApplyAsync(Type, new NamespacedName("", Name), new JsonObject { ["webhooks"] = webhooks }, new ApplyOptions { FieldManager = "kubectl" });
    }

    private async Task<byte[]> BundleAsync()
    {
        var webhooks = (await _client.GetAsync(Type, new NamespacedName("", Name))).Extra!["webhooks"];
        var text = AdmissionRequest.Text(AdmissionRequest.Member(webhooks[0], "clientConfig"), "caBundle");
        return Convert.FromBase64String(text);
    }
}
