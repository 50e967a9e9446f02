using System.Text.Json;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Reconciling;

namespace LoadTesting.Operator.Tests.Reconciling;

public sealed class RolloutsTests
{
    [Theory]
    [InlineData("""{"kind":"Deployment","metadata":{"name":"a","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}}""", null)]
    [InlineData("""{"kind":"Deployment","metadata":{"name":"a","generation":3},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}}""", "has not been looked at by its controller since its last change")]
    [InlineData("""{"kind":"Deployment","metadata":{"name":"a","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":1,"availableReplicas":2}}""", "has 1 of 2 replicas of its newest version")]
    [InlineData("""{"kind":"Deployment","metadata":{"name":"a","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":2,"availableReplicas":2}}""", "still has 1 old replicas")]
    [InlineData("""{"kind":"Deployment","metadata":{"name":"a","generation":2},"spec":{},"status":{"observedGeneration":2,"replicas":1,"updatedReplicas":1}}""", "has 0 of 1 replicas available")]
    [InlineData("""{"kind":"StatefulSet","metadata":{"name":"a","generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"readyReplicas":1}}""", null)]
    [InlineData("""{"kind":"DaemonSet","metadata":{"name":"a","generation":1},"spec":{},"status":{"observedGeneration":1,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberAvailable":2}}""", "has 2 of 3 replicas available")]
    public void A_rollout_is_complete_when_every_replica_is_new_and_available(string workload, string? missing) =>
        Assert.Equal(missing, Rollouts.Missing(JsonSerializer.Deserialize(workload, KubernetesJson.TypeInfo<UntypedObject>())));

    [Fact]
    public void A_workload_that_is_not_there_is_missing() => Assert.Equal("does not exist", Rollouts.Missing(null));
}
