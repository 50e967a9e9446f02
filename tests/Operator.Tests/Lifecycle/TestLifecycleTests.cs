using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Tests.Lifecycle;

public sealed class TestLifecycleTests
{
    [Fact]
    public void A_new_spec_makes_a_run() =>
        Assert.Equal((true, TestStanding.Starting), Decide(new TestObservation("b", [Run("r1", "a")]) { HandledCause = "a" }));

    [Fact]
    public void The_run_of_the_present_spec_is_mirrored_and_no_second_one_made() =>
        Assert.Equal((false, TestStanding.Mirrors), Decide(new TestObservation("b", [Run("r1", "a"), Run("r2", "b")]) { HandledCause = "b" }));

    [Fact]
    public void A_verdict_on_an_older_spec_is_never_shown_under_the_new_one()
    {
        var decision = TestLifecycle.Decide(new TestObservation("b", [Run("r1", "a")]) { HandledCause = "b" });

        Assert.Null(decision.Mirrored);
        Assert.Equal(TestStanding.Forgotten, decision.Standing);
    }

    [Fact]
    public void A_deleted_run_is_not_made_again() =>
        Assert.Equal((false, TestStanding.Forgotten), Decide(new TestObservation("a", []) { HandledCause = "a" }));

    [Fact]
    public void Suspend_holds_a_run_back_and_hides_no_verdict()
    {
        Assert.Equal((false, TestStanding.Suspended), Decide(new TestObservation("a", []) { IsSuspended = true }));
        Assert.Equal((false, TestStanding.Mirrors), Decide(new TestObservation("a", [Run("r", "a")]) { IsSuspended = true, HandledCause = "a" }));
    }

    [Fact]
    public void An_invalid_spec_runs_nothing_and_mirrors_nothing()
    {
        var decision = TestLifecycle.Decide(new TestObservation("b", [Run("r1", "a")]) { IsValid = false });

        Assert.Equal((false, (string?)null, TestStanding.Invalid), (decision.CreatesRun, decision.Mirrored, decision.Standing));
    }

    [Fact]
    public void The_history_keeps_the_newest_of_each_kind_and_what_is_shown()
    {
        KnownRun[] runs =
        [
            Run("p1", "1"), Run("f1", "2", passed: false), Run("p2", "3"), Run("hand", null) with { IsOwned = false }, Run("f2", "4", passed: false), Run("p3", "5"),
            Run("going", "6") with { IsFinished = false }, Run("p4", "7"),
        ];

        var decision = TestLifecycle.Decide(new TestObservation("7", runs) { HandledCause = "7", KeepPassed = 2, KeepOthers = 1 });

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
            [.. kinds.Select((k, i) => new KnownRun($"r{i}", $"c{k % 3}", IsOwned: k != 5, IsFinished: k != 6, IsPassed: k % 2 == 0))])
        { KeepPassed = passed, KeepOthers = others };

    private static (bool, TestStanding) Decide(TestObservation seen) => TestLifecycle.Decide(seen) is var d ? (d.CreatesRun, d.Standing) : default;

    private static KnownRun Run(string name, string? cause, bool passed = true) => new(name, cause, IsOwned: true, IsFinished: true, passed);
}
