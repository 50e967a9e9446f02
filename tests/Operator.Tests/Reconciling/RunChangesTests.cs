using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Control;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Api;
using LoadTesting.Operator.Reconciling;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>What somebody writes into a run's spec, or beside it, after it was made.</summary>
public sealed class RunChangesTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly LoadTestRunSpec Made = new() { LoadTestRef = new LoadTestReference { Name = "t" }, Snapshot = new JsonObject { ["target"] = "http://a" } };

    public static TheoryData<string, string, string, string?> Changes => new()
    {
        { "nothing", "{}", "Running", null },
        { "stopped", """{"abort":true}""", "Running", null },
        { "another target", """{"target":"http://b"}""", "Running", "goes on with what it was made with" },
        { "other variables", """{"variables":{"x":1}}""", "Queued", "goes on with what it was made with" },
        { "a profile", """{"profile":"smoke"}""", "Evaluating", "goes on with what it was made with" },
        { "another snapshot", """{"snapshot":{"target":"http://b"}}""", "Preparing", "goes on with what it was made with" },
        { "another target at the end", """{"target":"http://b"}""", "Finished", "the verdict is that of what it was made with" },
        { "abort after the end", """{"abort":true}""", "Finished", "after the run had ended; that has no effect" },
        { "abort taken back", """{"abort":false}""", "Stopping", "spec.abort was taken back" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_is_written_later_has_no_effect_and_is_said(string name, string patch, string phase, string? said)
    {
        var status = phase == "Stopping"
            ? new LoadTestStatus { Phase = RunPhase.Evaluating, Bookkeeping = new Bookkeeping { StopCause = "User" } }
            : new LoadTestStatus { Phase = Enum.Parse<RunPhase>(phase), Verdict = phase == "Finished" ? "Passed" : null, Reason = "Why" };
        status = status with { ObservedGeneration = 1, Bookkeeping = (status.Bookkeeping ?? new()) with { Cause = SpecDigest.Of(Made) } };
        var spec = JsonSerializer.SerializeToNode(Run(Made, status), LoadTestResources.LoadTestRuns.TypeInfo)!["spec"]!.AsObject();
        foreach (var (field, value) in JsonNode.Parse(patch)!.AsObject())
        {
            spec[field] = value?.DeepClone();
        }

        var run = Run(Made, status) with { Metadata = new ObjectMeta { Name = "r", Generation = patch == "{}" ? 1 : 2 } };
        run = run with { Spec = JsonSerializer.Deserialize(new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = spec.DeepClone() }.ToJsonString(), LoadTestResources.LoadTestRuns.TypeInfo)!.Spec };
        var sentence = RunChanges.Describe(run);

        Assert.True(said is null ? sentence is null : sentence?.Contains(said, StringComparison.Ordinal) == true, $"{name}: {sentence}");
        if (phase == "Finished" && said is not null)
        {
            var after = RunChanges.AfterTheEnd(run, Now);
            Assert.Equal((2, "Passed"), (after.ObservedGeneration, after.Verdict));
            Assert.Equal((true, "SpecChanged", sentence), Assert.Single(RunEvents.Changes(run.Status, after)));
            Assert.Empty(RunEvents.Changes(after, after));
            // Said once: the next pass has nothing to add.
            Assert.Equal(after.Conditions!.Find("SpecChanged"), RunChanges.With(after.Conditions!, run with { Status = after }, Now.AddHours(1)).Find("SpecChanged"));
        }
    }

    [Theory]
    [InlineData("""{"loadTestRef":{"name":"t"},"tarjet":"http://b","snapshot":GOOD}""", "spec.tarjet", "target")]
    [InlineData("""{"loadTestRef":{"name":"t","namespace":"other"},"snapshot":GOOD}""", "spec.loadTestRef.namespace", "name")]
    [InlineData("""{"loadTestRef":{"name":"t"},"snapshot":BAD}""", "spec.threshold", "thresholds")]
    public void A_field_that_there_is_none_of_is_refused_with_what_was_probably_meant(string spec, string path, string? meant)
    {
        const string Good = """{"target":"http://a","flows":{"f":[{"request":{"url":"/"}}]},"scenarios":{"s":{"executor":"shared-iterations","vus":1,"iterations":1}}}""";
        var text = spec.Replace("GOOD", Good, StringComparison.Ordinal).Replace("BAD", Good[..^1] + ""","threshold":{"http_req_failed":["rate==0"]}}""", StringComparison.Ordinal);
        var run = JsonSerializer.Deserialize($$"""{"metadata":{"name":"r","namespace":"ns"},"spec":{{text}}}""", LoadTestResources.LoadTestRuns.TypeInfo)!;

        var effective = EffectiveTest.Of(run);

        Assert.Null(effective.Value);
        var problem = Assert.Single(effective.Problems, p => !p.IsWarning);
        Assert.Equal((path, meant, "unknown-field"), (problem.Path, problem.Suggestion, problem.Rule));
        if (meant is not null)
        {
            Assert.Contains($"did you mean '{meant}'?", EffectiveTest.Describe(effective.Problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_run_at_a_time_in_order_and_suspend_holds_back_those_of_the_test_that_have_not_begun()
    {
        var (suspended, going) = (Test(suspend: true), Test(suspend: false));
        var (one, two) = (Own(1, RunPhase.Queued), Own(2, RunPhase.Queued));
        var hand = Run(Made, new LoadTestStatus { Phase = RunPhase.Queued }) with { Metadata = new ObjectMeta { Name = "hand", Namespace = "ns", Uid = "hand", CreationTimestamp = Now.AddSeconds(5) } };

        var world = World(going, one, two, hand);
        Assert.Equal([false, true, true], new[] { one, two, hand }.Select(world.MustQueue));
        Assert.DoesNotContain(true, new[] { one, two, hand }.Select(world.IsHeldBack));

        world = World(suspended, one, two, hand);
        Assert.Equal([true, true, false], new[] { one, two, hand }.Select(world.IsHeldBack));
        Assert.False(world.MustQueue(hand));

        // The younger one has begun meanwhile: two at once would measure each other.
        var begun = hand with { Status = new LoadTestStatus { Phase = RunPhase.Running } };
        world = World(going, one, two, begun);
        Assert.True(world.MustQueue(one));

        var running = Own(1, RunPhase.Running);
        Assert.False(World(suspended, running, two).IsHeldBack(running));
    }

    [Fact]
    public void Of_runs_of_the_same_second_the_lower_number_goes_first()
    {
        var (nine, ten) = (Own(9, RunPhase.Pending) with { }, Own(10, RunPhase.Pending));
        ten = ten with { Metadata = ten.Metadata with { CreationTimestamp = nine.Metadata.CreationTimestamp } };

        Assert.True(RunOrder.Compare(nine, ten) < 0);
        Assert.Equal([false, true], new[] { nine, ten }.Select(World(Test(false), nine, ten).MustQueue));
    }

    private static LoadTest Test(bool suspend) => new() { Metadata = new ObjectMeta { Name = "t", Namespace = "ns", Uid = "u", Generation = 1 }, Spec = new JsonObject { ["suspend"] = suspend } };

    private static LoadTestRun Own(int number, RunPhase phase) => Run(Made, new LoadTestStatus { Phase = phase }) with
    {
        Metadata = new ObjectMeta
        {
            Name = Names.Run("t", "u", number),
            Namespace = "ns",
            Uid = $"own-{number}",
            CreationTimestamp = Now.AddSeconds(number),
            Annotations = new Dictionary<string, string> { [Labels.Sequence] = $"{number}" },
            OwnerReferences = [new OwnerReference { ApiVersion = LoadTestResources.ApiVersion, Kind = "LoadTest", Name = "t", Uid = "u", Controller = true }],
        },
    };

    private static LoadTestRun Run(LoadTestRunSpec spec, LoadTestStatus status) => new() { Metadata = new ObjectMeta { Name = "r", Generation = 1 }, Spec = spec, Status = status };

    private static RunWorld World(LoadTest test, params LoadTestRun[] runs)
    {
        var (tests, store) = (new Store<LoadTest>(), new Store<LoadTestRun>());
        store.AddIndex(RunWorld.TestIndex, static run => [RunWorld.TestKey(run.Metadata.Namespace, run.Spec.LoadTestRef.Name)]);
        tests.Replace([test]);
        store.Replace(runs);
        return new RunWorld(tests, store, new Store<Pod>(), null!, null!, null!);
    }
}
