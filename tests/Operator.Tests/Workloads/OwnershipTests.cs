using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Workloads;

/// <summary>Whose an object is: a uid proves nothing, since it is no secret.</summary>
public sealed class OwnershipTests
{
    private static readonly LoadTestRun Run = new()
    {
        Metadata = new ObjectMeta { Name = "shop-1-abcde", Namespace = "shop", Uid = "run-uid" },
        Spec = new LoadTestRunSpec { LoadTestRef = new LoadTestReference { Name = "shop" } },
    };

    private static readonly OwnerReference Right = new() { ApiVersion = "loadtest.dev/v1alpha1", Kind = "LoadTestRun", Name = "shop-1-abcde", Uid = "run-uid", Controller = true };

    public static TheoryData<string, string, OwnerReference[], string, PodFault?> Pods => new()
    {
        { "ours", "shop", [Right], "shop-1-abcde-0", null },
        { "a replacement", "shop", [Right], "shop-1-abcde-12-r3", null },
        { "a job", "shop", [Right], "shop-1-abcde-teardown-1", null },
        { "of an earlier API version", "shop", [Right with { ApiVersion = "loadtest.dev/v1" }], "shop-1-abcde-0", null },
        { "another owner beside", "shop", [Right with { Controller = null, Kind = "Deployment", Uid = "x" }, Right], "shop-1-abcde-0", null },
        { "another namespace", "evil", [Right], "shop-1-abcde-0", PodFault.Namespace },
        { "not the controller", "shop", [Right with { Controller = false }], "shop-1-abcde-0", PodFault.Owner },
        { "says nothing of controlling", "shop", [Right with { Controller = null }], "shop-1-abcde-0", PodFault.Owner },
        { "another controller", "shop", [Right with { Controller = false }, Right with { Uid = "x", Kind = "ReplicaSet" }], "shop-1-abcde-0", PodFault.Owner },
        { "another kind with the uid", "shop", [Right with { Kind = "LoadTest" }], "shop-1-abcde-0", PodFault.Owner },
        { "another group", "shop", [Right with { ApiVersion = "evil.dev/v1alpha1" }], "shop-1-abcde-0", PodFault.Owner },
        { "a group that begins like ours", "shop", [Right with { ApiVersion = "loadtest.dev.evil/v1" }], "shop-1-abcde-0", PodFault.Owner },
        { "another name", "shop", [Right with { Name = "other" }], "shop-1-abcde-0", PodFault.Owner },
        { "another uid", "shop", [Right with { Uid = "other" }], "shop-1-abcde-0", PodFault.Owner },
        { "no owner", "shop", [], "shop-1-abcde-0", PodFault.Owner },
        { "a short name", "shop", [Right], "x", PodFault.Name },
        { "the run's own name", "shop", [Right], "shop-1-abcde", PodFault.Name },
        { "the name and a dash", "shop", [Right], "shop-1-abcde-", PodFault.Name },
        { "a longer run's", "shop", [Right], "shop-1-abcdef-0", PodFault.Name },
        { "no number", "shop", [Right], "shop-1-abcde-zero", PodFault.Name },
        { "a leading zero", "shop", [Right], "shop-1-abcde-00", PodFault.Name },
        { "a number of no run", "shop", [Right], "shop-1-abcde-99999999999999999999", PodFault.Name },
        { "an incarnation 0", "shop", [Right], "shop-1-abcde-0-r0", PodFault.Name },
        { "no incarnation", "shop", [Right], "shop-1-abcde-0-r", PodFault.Name },
        { "two incarnations", "shop", [Right], "shop-1-abcde-0-r1-r1", PodFault.Name },
        { "an unknown stage", "shop", [Right], "shop-1-abcde-cleanup-0", PodFault.Name },
        { "a stage without a number", "shop", [Right], "shop-1-abcde-setup", PodFault.Name },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void A_Pod_is_a_runs_own_or_has_a_fault(string what, string space, OwnerReference[] owners, string name, PodFault? fault)
    {
        var pod = new Pod { Metadata = new ObjectMeta { Name = name, Namespace = space, OwnerReferences = owners } };
        Assert.Equal((what, fault), (what, Ownership.FaultOf(Run, pod)));
        Assert.Equal(fault is not (PodFault.Namespace or PodFault.Owner), Ownership.IsOf(Run, pod));
    }

    [Fact]
    public void A_run_without_a_uid_owns_nothing() =>
        Assert.False(Ownership.IsOf(Run with { Metadata = Run.Metadata with { Uid = "" } }, new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "shop", OwnerReferences = [Right with { Uid = "" }] } }));

    [Fact]
    public void Names_are_read_as_they_are_written() => Prop.ForAll(
        (from index in Gen.Choose(0, 9_999) from incarnation in Gen.Choose(0, 10_000) from stage in Gen.Elements("setup", "verify", "teardown") select (index, incarnation, stage)).ToArbitrary(),
        c => Names.ReadPod("r-1", Names.Pod("r-1", c.index, c.incarnation)) == (c.index, c.incarnation)
            && Names.ReadJob("r-1", Names.Job("r-1", c.stage, c.index)) == (c.stage, c.index)
            && Names.ReadJob("r-1", Names.Pod("r-1", c.index, c.incarnation)) is null && Names.ReadPod("r-1", Names.Job("r-1", c.stage, c.index)) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_reading_throw_and_what_is_read_is_written_the_same() => Prop.ForAll<string?>(tail =>
    {
        var name = "run-" + tail;
        return (Names.ReadPod("run", name) is not { } pod || Names.Pod("run", pod.Index, pod.Incarnation) == name)
            && (Names.ReadJob("run", name) is not { } job || Names.Job("run", job.Stage, job.Ordinal) == name)
            && Names.ReadPod("run", tail) is null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_Pods_of_one_name_are_no_defect() =>
        Assert.Equal("a", new[] { Named("p", "a"), Named("p", "b"), Named("q", "a") }.ByName()["p"].Metadata.Namespace);

    private static Pod Named(string name, string space) => new() { Metadata = new ObjectMeta { Name = name, Namespace = space } };
}
