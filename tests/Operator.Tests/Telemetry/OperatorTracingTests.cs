using System.Collections.Concurrent;
using System.Text;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace LoadTesting.Operator.Tests.Telemetry;

public sealed class OperatorTracingTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public void Nothing_is_traced_unless_a_receiver_is_named(string? name, string? value)
    {
        var settings = new Dictionary<string, string?>();
        if (name is not null)
        {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
            settings[name] = value;
        }

        Assert.Null(OperatorTracing.Create(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), "test"));
    }

    [Fact]
    public async Task Passes_of_a_reconciler_arrive_at_the_receiver_as_spans_and_failures_as_errors()
    {
        var received = new ConcurrentQueue<byte[]>();
        await using var receiver = await EndpointsTests.Served.StartAsync(new Dictionary<string, RequestDelegate>
        {
            ["/v1/traces"] = async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                received.Enqueue(body.ToArray());
            },
        });
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Client.BaseAddress!.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        }).Build();

        using (var provider = OperatorTracing.Create(settings, "operator-0"))
        {
            Assert.NotNull(provider);
            var reconciler = OperatorTracing.Traced("loadtest", new Failing());
            await Assert.ThrowsAsync<InvalidOperationException>(() => reconciler.ReconcileAsync(new NamespacedName("shop", "flash-sale"), CancellationToken.None));
        }

        var sent = Encoding.UTF8.GetString([.. received.SelectMany(r => r)]);
        foreach (var word in new[] { "reconcile loadtest", "flash-sale", "k8s.namespace.name", "InvalidOperationException", "loadtest-operator", "operator-0" })
        {
            Assert.Contains(word, sent, StringComparison.Ordinal);
        }

        // What an exception says may hold what nobody should read.
        Assert.DoesNotContain("a message", sent, StringComparison.Ordinal);
    }

    private sealed class Failing : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName name, CancellationToken cancellation) => throw new InvalidOperationException("a message");
    }
}
