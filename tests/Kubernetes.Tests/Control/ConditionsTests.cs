using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.TestKit;

namespace LoadTesting.Kubernetes.Tests.Control;

public sealed class ConditionsTests
{
    private static readonly DateTimeOffset Early = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Late = Early.AddMinutes(1);

    [Fact]
    public void The_transition_time_moves_only_when_the_status_changes()
    {
        IReadOnlyList<Condition> conditions = [];
        conditions = conditions.With(new ConditionCause("Starting", "m1", 1).As("Ready", Condition.False), Early);
        conditions = conditions.With(new ConditionCause("Waiting", "m2", 2).As("Ready", Condition.False), Late);
        Assert.Equal((Early, "Waiting", "m2", 2L), Flat(conditions));
        conditions = conditions.With(new ConditionCause("Done", "m3", 2).As("Ready", Condition.True), Late);
        Assert.Equal((Late, "Done", "m3", 2L), Flat(conditions));

        static (DateTimeOffset?, string?, string?, long?) Flat(IReadOnlyList<Condition> conditions)
        {
            var ready = Assert.Single(conditions);
            return (ready.LastTransitionTime, ready.Reason, ready.Message, ready.ObservedGeneration);
        }
    }

    [Fact]
    public void Order_is_kept_and_other_conditions_are_left_alone()
    {
        IReadOnlyList<Condition> before = [Of("A", Condition.True), Of("B", Condition.False), Of("C", Condition.True)];
        var after = before.With(Of("B", Condition.True), Late).Without("A").With(Of("D", Condition.Unknown), Late);
        Assert.Equal(["B", "C", "D"], after.Select(c => c.Type));
        Assert.Same(before[2], after.Find("C"));
        Assert.Equal(3, before.Count);
    }

    [Fact]
    public void A_new_object_with_the_schemas_default_is_in_progress_and_without_it_would_count_as_reached()
    {
        Assert.Equal("InProgress", Kstatus.Compute(JsonNode.Parse("""{"metadata":{"generation":1},"status":{"observedGeneration":-1}}""")!));
        Assert.Equal("Current", Kstatus.Compute(JsonNode.Parse("""{"metadata":{"generation":1}}""")!));
    }

    [Theory]
    [InlineData("p", "InProgress")]
    [InlineData("r", "Current")]
    [InlineData("s", "Failed")]
    [InlineData("ppr", "Current")]
    [InlineData("rs", "Failed")]
    [InlineData("sp", "InProgress")]
    [InlineData("spr", "Current")]
    public void The_last_transition_decides_what_kstatus_says(string transitions, string expected) =>
        Assert.Equal(expected, Kstatus.Compute(Resource(Apply(transitions), generation: 3, observed: 3)));

    [Fact]
    public void After_any_transitions_abnormal_conditions_are_true_or_absent_and_never_beside_ready() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            bytes =>
            {
                var transitions = string.Concat(bytes.Select(b => "prs"[b % 3]));
                var conditions = Apply(transitions);
                var abnormal = conditions.Where(c => c.Type is KstatusConditions.Reconciling or KstatusConditions.Stalled).ToList();
                var isReady = conditions.IsTrue(KstatusConditions.Ready);
                var verdict = Kstatus.Compute(Resource(conditions, 3, 3));
                var expected = transitions.Length == 0 ? "Current" : transitions[^1] switch
                {
                    'p' => "InProgress",
                    'r' => "Current",
                    _ => "Failed",
                };
                return abnormal.All(c => c.IsTrue)
                    && abnormal.Count <= 1
                    && !(isReady && abnormal.Count > 0)
                    && conditions.Select(c => c.Type).Distinct().Count() == conditions.Count
                    && conditions.All(c => c.Reason is { Length: > 0 } && c.LastTransitionTime is not null)
                    && verdict == expected;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_unseen_generation_is_in_progress_whatever_the_conditions_say() =>
        Assert.All((string[])["p", "r", "s"], t => Assert.Equal("InProgress", Kstatus.Compute(Resource(Apply(t), generation: 4, observed: 3))));

    private static Condition Of(string type, string status) => new() { Type = type, Status = status, Reason = "R" };

    private static IReadOnlyList<Condition> Apply(string transitions)
    {
        IReadOnlyList<Condition> conditions = [];
        var now = Early;
        foreach (var transition in transitions)
        {
            now = now.AddSeconds(1);
            conditions = transition switch
            {
                'p' => conditions.Progressing(new ConditionCause("Running", "runs", 3), now),
                'r' => conditions.Reached(new ConditionCause("Passed", "passed", 3), now),
                _ => conditions.StalledBy(new ConditionCause("ThresholdsFailed", "failed", 3), now),
            };
        }

        return conditions;
    }

    private static JsonNode Resource(IReadOnlyList<Condition> conditions, long generation, long observed) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["generation"] = generation },
        ["status"] = new JsonObject
        {
            ["observedGeneration"] = observed,
            ["conditions"] = new JsonArray([.. conditions.Select(c => JsonSerializer.SerializeToNode(c, KubernetesJson.TypeInfo<Condition>()))]),
        },
    };
}
