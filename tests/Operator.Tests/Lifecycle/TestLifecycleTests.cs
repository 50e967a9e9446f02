using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Tests.Lifecycle;

public sealed class TestLifecycleTests
{
    [Fact]
    public void A_new_spec_makes_a_run() =>
        Assert.Equal((true, TestStanding.Starting, 2L), Decide(new TestObservation("b", [Run("r1", 1, "a")]) { Handled = Cause(1, "a") }));

    [Fact]
    public void The_run_of_the_present_spec_is_mirrored_and_no_second_one_made() =>
        Assert.Equal((false, TestStanding.Mirrors, 2L), Decide(new TestObservation("b", [Run("r1", 1, "a"), Run("r2", 2, "b")]) { Handled = Cause(2, "b") }));

    [Fact]
    public void A_run_that_the_status_does_not_know_of_yet_is_found_again()
    {
        var seen = new TestObservation("b", [Run("r1", 1, "a"), Run("r2", 2, "b") with { Generation = 4 }]) { Handled = Cause(1, "a"), Generation = 4 };

        Assert.Equal((false, TestStanding.Mirrors, 2L), Decide(seen));
        // Another generation since: nobody knows what was asked for in between.
        Assert.Equal((true, TestStanding.Starting, 3L), Decide(seen with { Generation = 5 }));
        Assert.Equal((false, TestStanding.Behind, 1L), Decide(seen with { Generation = 3 }));
    }

    [Fact]
    public void A_verdict_on_an_older_spec_is_never_shown_under_the_new_one()
    {
        var decision = TestLifecycle.Decide(new TestObservation("b", [Run("r1", 1, "a")]) { Handled = Cause(2, "b") });

        Assert.Null(decision.Mirrored);
        Assert.Equal(TestStanding.Forgotten, decision.Standing);
    }

    [Fact]
    public void A_deleted_run_is_not_made_again() =>
        Assert.Equal((false, TestStanding.Forgotten, 1L), Decide(new TestObservation("a", []) { Handled = Cause(1, "a") }));

    [Fact]
    public void Suspend_holds_a_run_back_and_hides_no_verdict()
    {
        Assert.Equal((false, TestStanding.Suspended, 1L), Decide(new TestObservation("a", []) { IsSuspended = true }));
        Assert.Equal((false, TestStanding.Mirrors, 1L), Decide(new TestObservation("a", [Run("r", 1, "a")]) { IsSuspended = true, Handled = Cause(1, "a") }));
        Assert.Equal((true, TestStanding.Starting, 1L), Decide(new TestObservation("a", []) { Handled = Cause(1, "a") with { IsStarted = false } }));
    }

    [Fact]
    public void An_invalid_spec_runs_nothing_and_mirrors_nothing()
    {
        var decision = TestLifecycle.Decide(new TestObservation("b", [Run("r1", 1, "a")]) { IsValid = false });

        Assert.Equal((false, (string?)null, TestStanding.Invalid), (decision.CreatesRun, decision.Mirrored, decision.Standing));
    }

    [Fact]
    public void Only_runs_of_other_specs_that_are_not_finished_are_replaced_and_only_by_a_run()
    {
        KnownRun[] runs = [Run("done", 1, "b"), Run("same", 2, "a") with { IsFinished = false }, Run("old", 3, "b") with { IsFinished = false }, Run("stops", 4, "c") with { IsFinished = false, AbortAsked = true }, Run("hand", null, "b") with { IsFinished = false }];
        var seen = new TestObservation("a", runs) { Handled = Cause(4, "c"), Replaces = true };

        Assert.Equal(["old"], TestLifecycle.Decide(seen).Replaced);
        Assert.Empty(TestLifecycle.Decide(seen with { Replaces = false }).Replaced);
        Assert.Empty(TestLifecycle.Decide(seen with { IsSuspended = true }).Replaced);
        Assert.Empty(TestLifecycle.Decide(seen with { IsValid = false }).Replaced);
    }

    [Fact]
    public void The_history_keeps_the_newest_of_each_kind_and_what_is_shown()
    {
        KnownRun[] runs =
        [
            Run("p1", 1, "1"), Run("f1", 2, "2", passed: false), Run("p2", 3, "3"), Run("hand", null, null) with { IsOwned = false }, Run("f2", 4, "4", passed: false), Run("p3", 5, "5"),
            Run("going", 6, "6") with { IsFinished = false }, Run("p4", 7, "7"),
        ];

        var decision = TestLifecycle.Decide(new TestObservation("7", runs) { Handled = Cause(7, "7"), KeepPassed = 2, KeepOthers = 1 });

        Assert.Equal(["p2", "p1", "f1"], decision.Forgotten);
    }

    [Fact]
    public void Never_is_an_unfinished_foreign_or_shown_run_forgotten_and_limits_hold() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Any.ToArbitrary(), seen =>
        {
            var decision = TestLifecycle.Decide(seen);
            var left = seen.Runs.Where(r => !decision.Forgotten.Contains(r.Name)).ToList();
            return seen.Runs.Where(r => decision.Forgotten.Contains(r.Name)).All(r => r is { IsOwned: true, IsFinished: true } && r.Name != decision.Mirrored)
                && left.Count(r => r is { IsOwned: true, IsFinished: true, IsPassed: true }) <= Math.Max(1, seen.KeepPassed)
                && left.Count(r => r is { IsOwned: true, IsFinished: true, IsPassed: false }) <= Math.Max(1, seen.KeepOthers)
                && TestLifecycle.Decide(seen with { Runs = left }).Forgotten.Count == 0;
        }));

    private static Gen<TestObservation> Any =>
        from count in Gen.Choose(0, 12)
        from kinds in Gen.Choose(0, 7).ArrayOf(count)
        from passed in Gen.Choose(0, 4)
        from others in Gen.Choose(0, 4)
        select new TestObservation(
            "c0",
            [.. kinds.Select((k, i) => new KnownRun($"r{i}", k == 5 ? null : i + 1, $"c{k % 3}", IsOwned: k != 5, IsFinished: k != 6, IsPassed: k % 2 == 0))])
        { KeepPassed = passed, KeepOthers = others };

    private static (bool, TestStanding, long) Decide(TestObservation seen) => TestLifecycle.Decide(seen) is var d ? (d.CreatesRun, d.Standing, d.Handled.Sequence) : default;

    private static TestCause Cause(long sequence, string spec) => new(sequence, spec, null, IsStarted: true);

    private static KnownRun Run(string name, long? sequence, string? spec, bool passed = true) => new(name, sequence, spec, IsOwned: true, IsFinished: true, passed);
}
