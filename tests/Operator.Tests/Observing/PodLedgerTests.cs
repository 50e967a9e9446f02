using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Observing;

namespace LoadTesting.Operator.Tests.Observing;

public sealed class PodLedgerTests
{
    private static readonly DateTimeOffset Day = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_before_the_start_is_not_counted()
    {
        var ledger = new PodLedger();
        ledger.Look([Pod("a", container: new("app", 7, Killed(1))), Pod("old", PodState.Failed)], Before);
        ledger.Look([Pod("a", container: new("app", 8, Killed(2))), Pod("old", PodState.Failed)], Before);
        ledger.Look([Pod("a", container: new("app", 8, Killed(2))), Pod("old", PodState.Failed)], At(1));
        Assert.Equal(new PodsReading(0, 0, 0, 1, 0), ledger.Reading);
        Assert.Empty(ledger.Happenings);
    }

    [Fact]
    public void Restarts_ends_and_deletions_are_counted_once_and_told()
    {
        var ledger = new PodLedger();
        ledger.Look([Pod("a"), Pod("b")], Before);

        // Its container dies of memory, is waited for, and comes again; an end and its restart are one kill.
        ledger.Look([Pod("a", PodState.Unready, new("app", 0, Killed(3))), Pod("b")], At(3));
        ledger.Look([Pod("a", PodState.Unready, new("app", 0, Killed(3))), Pod("b")], At(4));
        Assert.Equal(new PodsReading(0, 1, 0, 1, 1), ledger.Reading);
        ledger.Look([Pod("a", PodState.Ready, new("app", 1, Killed(3))), Pod("b")], At(5));
        Assert.Equal(new PodsReading(1, 1, 0, 2, 0), ledger.Reading);

        // A deletion is one, however long it lasts; its successor is new, and so is what happened to it.
        ledger.Look([Pod("a", PodState.Ready, new("app", 1, Killed(3))), Pod("b", PodState.Deleting)], At(7));
        ledger.Look([Pod("a", PodState.Ready, new("app", 1, Killed(3))), Pod("c", PodState.Ready, new("app", 2, Ended(8, 1)))], At(9));
        Assert.Equal(new PodsReading(3, 1, 1, 2, 0), ledger.Reading);

        // Gone between two looks.
        ledger.Look([Pod("a", PodState.Ready, new("app", 1, Killed(3)))], At(10));
        Assert.Equal(new PodsReading(3, 1, 2, 1, 0), ledger.Reading);
        Assert.Equal(
            [
                new(At(3), "container app of Pod a ended (OOMKilled, exit code 137)"),
                new(At(5), "container app of Pod a restarted (OOMKilled, exit code 137)"),
                new(At(7), "Pod b was deleted"),
                new(At(9), "container app of Pod c restarted 2 times (Error, exit code 1)"),
                new(At(10), "Pod c was deleted"),
            ],
            ledger.Happenings);
        Assert.Equal(
            [new RunMark("container-restarted", At(5)), new("pod-deleted", At(7)), new("container-restarted", At(9)), new("pod-deleted", At(10))],
            ledger.Marks);
    }

    [Fact]
    public void No_Pod_at_all_is_nothing_seen_but_none_any_more_is()
    {
        var ledger = new PodLedger();
        ledger.Look([], Before);
        ledger.Look([], At(1));
        Assert.Null(ledger.Reading);
        ledger.Look([Pod("a")], At(2));
        ledger.Look([], At(3));
        Assert.Equal(new PodsReading(0, 0, 1, 0, 0), ledger.Reading);
    }

    [Fact]
    public void A_Pod_that_fails_under_load_is_not_ready_and_one_that_ends_well_is_nothing()
    {
        var ledger = new PodLedger();
        ledger.Look([Pod("a"), Pod("job")], Before);
        ledger.Look([Pod("a", PodState.Failed), Pod("job", PodState.Succeeded)], At(1));
        Assert.Equal(new PodsReading(0, 0, 0, 0, 1), ledger.Reading);
    }

    [Fact]
    public void Any_number_of_operators_after_each_other_sees_what_one_sees()
    {
        // A story is a list of looks: which of four Pods are there, how often each was restarted, what state it is in.
        var look = Gen.Choose(0, 3).Select(n => n).ListOf(4).SelectMany(kinds => Gen.Choose(0, 1).ListOf(4).Select(more => (kinds: kinds.ToList(), more: more.ToList())));
        var stories =
            from looks in look.NonEmptyListOf()
            from changes in Gen.Elements(true, false, false).ListOf(looks.Count)
            select (looks: looks.ToList(), changes: changes.ToList());
        Prop.ForAll(stories.ToArbitrary(), story =>
        {
            var (one, many) = (new PodLedger(), new PodLedger());
            var restarts = new int[4];
            for (var i = 0; i < story.looks.Count; i++)
            {
                if (i > 0 && story.changes[i])
                {
                    var next = new PodLedger();
                    next.Restore(many.Written);
                    Assert.Equal(many.Written, next.Written);
                    many = next;
                }

                var pods = new List<PodGlance>();
                for (var p = 0; p < 4; p++)
                {
                    restarts[p] += story.looks[i].more[p];
                    if (story.looks[i].kinds[p] > 0)
                    {
                        pods.Add(Pod($"p{p}", (PodState)(story.looks[i].kinds[p] - 1), new("app", restarts[p], restarts[p] == 0 ? null : Killed(restarts[p]))));
                    }
                }

                one.Look(pods, i == 0 ? Before : At(i));
                many.Look(pods, i == 0 ? Before : At(i));
                Assert.Equal(one.Reading, many.Reading);
                Assert.Equal(one.Happenings, many.Happenings);
                Assert.Equal(one.Written, many.Written);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_cannot_be_read_is_as_if_nothing_had_been_written(string written)
    {
        var ledger = new PodLedger();
        ledger.Restore(written);
        ledger.Look([Pod("a")], Before);
        Assert.Equal(new PodsReading(0, 0, 0, 1, 0), ledger.Reading);
    }

    [Theory]
    [InlineData("Running", true, false, PodState.Ready)]
    [InlineData("Running", false, false, PodState.Unready)]
    [InlineData("Pending", false, false, PodState.Unready)]
    [InlineData("Running", true, true, PodState.Deleting)]
    [InlineData("Succeeded", false, false, PodState.Succeeded)]
    [InlineData("Failed", false, false, PodState.Failed)]
    [InlineData("Failed", false, true, PodState.Deleting)]
    public void An_object_is_seen_as_it_is(string phase, bool ready, bool deleting, PodState state)
    {
        var glance = PodGlance.Of(new Pod
        {
            Metadata = new ObjectMeta { Name = "a", Uid = "u", DeletionTimestamp = deleting ? Day : null },
            Status = new PodStatus
            {
                Phase = phase,
                Conditions = [new Condition { Type = "Ready", Status = ready ? Condition.True : Condition.False }],
                InitContainerStatuses = [new ContainerStatus { Name = "side", RestartCount = 2, LastState = new ContainerState { Terminated = Killed(1) } }],
                ContainerStatuses = [new ContainerStatus { Name = "app" }],
            },
        });
        Assert.Equal(("u", "a", state), (glance.Uid, glance.Name, glance.State));
        Assert.Equal([new("side", 2, Killed(1)), new ContainerGlance("app", 0, null)], glance.Containers);
    }

    private static Duration Before => new(-1);

    private static Duration At(double seconds) => Duration.FromSeconds(seconds);

    private static ContainerStateTerminated Killed(int at) => new() { ExitCode = 137, Reason = "OOMKilled", FinishedAt = Day.AddSeconds(at) };

    private static ContainerStateTerminated Ended(int at, int code) => new() { ExitCode = code, Reason = "Error", FinishedAt = Day.AddSeconds(at) };

    private static PodGlance Pod(string name, PodState state = PodState.Ready, ContainerGlance? container = null) => new($"uid-{name}", name, state, [container ?? new("app", 0, null)]);
}
