using System.Text.Json;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Lifecycle;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Workloads;

/// <summary>What kubelets, schedulers and evictions write, reduced to one word.</summary>
public sealed class PodSightsTests
{
    public static TheoryData<string, string, PodSight, string?> Table => new()
    {
        { "accepted", """{"phase":"Pending"}""", PodSight.Pending, null },
        { "being created", """{"phase":"Pending","containerStatuses":[{"name":"runner","state":{"waiting":{"reason":"ContainerCreating"}}}]}""", PodSight.Pending, null },
        { "running", """{"phase":"Running","containerStatuses":[{"name":"runner","state":{"running":{}}}]}""", PodSight.Running, null },
        { "running beside a dead side car", """{"phase":"Running","containerStatuses":[{"name":"mesh","state":{"terminated":{"exitCode":1}}},{"name":"runner","state":{"running":{}}}]}""", PodSight.Running, null },
        { "ended beside a living side car", """{"phase":"Running","containerStatuses":[{"name":"mesh","state":{"running":{}}},{"name":"runner","state":{"terminated":{"exitCode":104,"message":"line one\nplan.json: bad"}}}]}""", PodSight.Terminated, "The container ended with exit code 104: plan.json: bad" },
        { "out of memory", """{"phase":"Failed","containerStatuses":[{"name":"runner","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}""", PodSight.OutOfMemory, "The container was killed because it used more memory than its limit." },
        { "evicted", """{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory."}""", PodSight.Terminated, "The Pod ended (Evicted): The node was low on resource: memory." },
        { "no such image", """{"phase":"Pending","containerStatuses":[{"name":"runner","state":{"waiting":{"reason":"ErrImagePull","message":"not found"}}}]}""", PodSight.ImagePullFailing, "ErrImagePull: not found" },
        { "image not on the node", """{"phase":"Pending","containerStatuses":[{"name":"runner","state":{"waiting":{"reason":"ErrImageNeverPull","message":"not present"}}}]}""", PodSight.ImagePullFailing, "ErrImageNeverPull: not present" },
        { "a Secret is missing", """{"phase":"Pending","containerStatuses":[{"name":"runner","state":{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"shop\" not found"}}}]}""", PodSight.ContainerFailing, "CreateContainerConfigError: secret \"shop\" not found" },
        { "no node", """{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/2 nodes are available: 2 Insufficient cpu."}]}""", PodSight.Unschedulable, "0/2 nodes are available: 2 Insufficient cpu." },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_state_has_its_word(string situation, string status, PodSight sight, string? message)
    {
        var pod = new Pod { Metadata = new ObjectMeta { Name = "p" }, Status = JsonSerializer.Deserialize(status, KubernetesJson.TypeInfo<PodStatus>()) };

        var seen = PodSights.Of(pod);

        Assert.True((sight, message) == seen, $"{situation}: {seen}");
    }

    [Fact]
    public void No_Pod_is_absent_and_one_that_goes_is_deleting_unless_it_has_ended()
    {
        Assert.Equal(PodSight.Absent, PodSights.Of(null).Sight);
        var going = new Pod { Metadata = new ObjectMeta { Name = "p", DeletionTimestamp = DateTimeOffset.UnixEpoch }, Status = Status("""{"phase":"Running","containerStatuses":[{"name":"runner","state":{"running":{}}}]}""") };
        Assert.Equal(PodSight.Deleting, PodSights.Of(going).Sight);
        var gone = going with { Status = Status("""{"phase":"Succeeded","containerStatuses":[{"name":"runner","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}""") };
        Assert.Equal((PodSight.Terminated, "The container ended with exit code 0."), PodSights.Of(gone));
    }

    [Theory]
    [InlineData("""{"exitCode":104,"reason":"Error","message":"plan.json: spec.data[0]: no\nThe test cannot be run: spec.flows.f[0].request.url: the rows of 'users' have no 'nme'\n"}""", "The test cannot be run: spec.flows.f[0].request.url: the rows of 'users' have no 'nme'")]
    [InlineData("""{"exitCode":104,"reason":"Error"}""", "the runner found the test invalid; its log says why")]
    [InlineData("""{"exitCode":1,"reason":"Error","message":"no"}""", null)]
    [InlineData("""{"exitCode":137,"reason":"OOMKilled"}""", null)]
    public void A_runner_that_will_not_take_the_test_says_why(string terminated, string? refusal)
    {
        var status = $$$"""{"phase":"Failed","containerStatuses":[{"name":"runner","state":{"terminated":{{{terminated}}}}}]}""";
        Assert.Equal(refusal, PodSights.Refusal(new Pod { Metadata = new ObjectMeta { Name = "p" }, Status = Status(status) }));
    }

    private static PodStatus Status(string json) => JsonSerializer.Deserialize(json, KubernetesJson.TypeInfo<PodStatus>())!;
}
