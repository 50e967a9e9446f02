using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Tests.Objects;

public sealed class KubernetesJsonTests
{
    [Fact]
    public void A_pod_keeps_every_field_on_its_way_through_its_type()
    {
        const string Written = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"shop","uid":"u1","resourceVersion":"7",
              "creationTimestamp":"2030-01-02T03:04:05Z","labels":{"a":"b"},"finalizers":["x/y"],"selfLink":"/old",
              "ownerReferences":[{"apiVersion":"loadtest.dev/v1alpha1","kind":"LoadTestRun","name":"r","uid":"u0","controller":true}]},
             "spec":{"containers":[{"name":"c","image":"i","args":["--x"],"env":[{"name":"K","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}],
              "lifecycle":{"preStop":{"sleep":{"seconds":1}}},"ports":[{"containerPort":8080,"name":"http"}],
              "resources":{"requests":{"cpu":"1"}},"volumeMounts":[{"name":"v","mountPath":"/v"}]}],
              "volumes":[{"name":"v","emptyDir":{}}],"hostAliases":[{"ip":"10.0.0.1"}],"overhead":{},"restartPolicy":"Never"},
             "status":{"phase":"Failed","podIP":"10.1.2.3","containerStatuses":[{"name":"c","ready":false,"restartCount":0,
              "state":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"2030-01-02T03:05:00Z"}},"lastState":{}}]}}
            """;
        var pod = JsonSerializer.Deserialize(Written, Resources.Pods.TypeInfo)!;
        var again = JsonNode.Parse(JsonSerializer.Serialize(pod, Resources.Pods.TypeInfo))!;

        Assert.Equal("OOMKilled", pod.Status!.Container("c")!.State.Terminated!.Reason);
        Assert.Equal(137, pod.Status.Container("c")!.State.Terminated!.ExitCode);
        Assert.Equal("10.1.2.3", pod.Status.PodIP);
        Assert.Equal("r", pod.Metadata.Controller!.Name);
        Assert.Equal(8080, pod.Spec.Containers[0].Ports[0].Port);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Written), again), $"written back: {again.ToJsonString()}");
    }

    [Fact]
    public void Managed_fields_are_not_kept()
    {
        var read = JsonSerializer.Deserialize("""{"metadata":{"name":"c","managedFields":[{"manager":"m"}]}}""", Resources.ConfigMaps.TypeInfo)!;
        Assert.DoesNotContain("managedFields", JsonSerializer.Serialize(read, Resources.ConfigMaps.TypeInfo), StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_in_place_of_lists_read_as_empty_lists()
    {
        var pod = JsonSerializer.Deserialize("""{"metadata":{"name":"p","labels":null,"ownerReferences":null},"status":{"conditions":null}}""", Resources.Pods.TypeInfo)!;
        Assert.Empty(pod.Metadata.Labels);
        Assert.Empty(pod.Metadata.OwnerReferences);
        Assert.Empty(pod.Status!.Conditions);
        Assert.Empty(pod.Spec.Containers);
    }

    [Fact]
    public void What_was_not_said_is_not_written()
    {
        var written = JsonSerializer.Serialize(new Pod { Metadata = new ObjectMeta { Name = "p" } }, Resources.Pods.TypeInfo);
        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{}}""", written);
    }

    [Fact]
    public void Binary_data_is_base64()
    {
        var map = new ConfigMap { Metadata = new ObjectMeta { Name = "c" }, BinaryData = new Dictionary<string, byte[]> { ["b"] = [0, 255, 10] } };
        var written = JsonSerializer.Serialize(map, Resources.ConfigMaps.TypeInfo);
        Assert.Contains("\"b\":\"AP8K\"", written, StringComparison.Ordinal);
        Assert.Equal([0, 255, 10], JsonSerializer.Deserialize(written, Resources.ConfigMaps.TypeInfo)!.BinaryData["b"]);
    }

    [Fact]
    public void A_lease_has_six_decimals_whatever_the_clock_says()
    {
        var lease = new Lease { Spec = new LeaseSpec { RenewTime = new DateTimeOffset(2030, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)), HolderIdentity = "me" } };
        Assert.Contains("\"renewTime\":\"2030-01-02T03:04:05.000000Z\"", JsonSerializer.Serialize(lease, Resources.Leases.TypeInfo), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"c":2,"d":3}}""", """{"b":{"c":null,"e":[1]},"f":null}""", """{"a":1,"b":{"d":3,"e":[1]}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":"text"}""", """{"a":{"b":1,"c":null}}""", """{"a":{"b":1}}""")]
    public void A_merge_patch_replaces_merges_and_removes(string target, string patch, string expected)
    {
        var from = JsonNode.Parse(target);
        var merged = KubernetesJson.Merge(from, JsonNode.Parse(patch));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), merged), merged!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(target), from), "the target was changed");
    }

    [Theory]
    [InlineData("shop", "api/v1/namespaces/shop/pods")]
    [InlineData(null, "api/v1/pods")]
    public void Collections_stand_where_the_api_has_them(string? space, string expected) => Assert.Equal(expected, Resources.Pods.CollectionPath(space));

    [Fact]
    public void Items_and_subresources_stand_below_their_collection()
    {
        Assert.Equal("apis/coordination.k8s.io/v1/namespaces/shop/leases/l", Resources.Leases.ItemPath(new("shop", "l")));
        Assert.Equal("api/v1/nodes/n1/status", Resources.Nodes.ItemPath(new("", "n1"), "status"));
        Assert.Throws<ArgumentException>(() => Resources.Pods.ItemPath(new("", "p")));
    }
}
