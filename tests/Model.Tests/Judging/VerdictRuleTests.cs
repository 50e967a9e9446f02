using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Judging;

public sealed class VerdictRuleTests
{
    private static readonly ThresholdResult Met = Threshold("http_req_duration", "p(95)<500", "p(95)", 212, "212 ms, limit 500 ms", ok: true);
    private static readonly ThresholdResult Broken = Threshold("http_req_duration", "p(95)<500", "p(95)", 612, "612 ms, limit 500 ms", ok: false);
    private static readonly ThresholdResult Empty = Threshold("latency{name:typo}", "p(95)<500", "p(95)", null, "no samples", ok: false);
    private static readonly ScenarioDelivery Delivered = new("load", 1000, 1000, 1000, 0, 0);
    private static readonly ScenarioDelivery Looping = new("loop", null, 70, 68, 0, 2);
    private static readonly ScenarioDelivery Dead = Delivered with { Name = "dead", HasRequests = true, Unanswered = 2293, UnansweredBecause = [new("dial: connection refused", 2290, "1212"), new("request timeout", 3, "1050")] };
    private static readonly ThresholdResult Dropped = Threshold("dropped_iterations", "count<10", "count", 42, "42, limit 10", ok: false) with { DependsOnGenerator = true };
    private static readonly RunEvidence Good = new() { Thresholds = [Met], Scenarios = [Delivered, Looping] };

    /// <summary>Sentence → evidence → verdict, reason, what the message must say.</summary>
    public static TheoryData<string, RunEvidence, Verdict, string, string> Table => new()
    {
        { "a held threshold passes", Good, Verdict.Passed, Reasons.ThresholdsMet, "http_req_duration p(95) 212 ms, limit 500 ms" },
        { "all of several held thresholds pass", Good with { Thresholds = [Met, Met] }, Verdict.Passed, Reasons.ThresholdsMet, "all 2 thresholds" },
        { "a test that judges nothing is never a pass", Good with { Thresholds = [], Measured = new(400, 5626, 1, 3.1) }, Verdict.Unjudged, Reasons.NothingJudged, "neither thresholds nor verify: 5626 requests, 100% failed, p(95) 3.1ms; add thresholds" },
        { "what a test without requests came to is said too", Good with { Thresholds = [], Measured = new(400, 0, 0, null) }, Verdict.Unjudged, Reasons.NothingJudged, "400 iterations and no request" },
        { "a verify judges a test without thresholds", Good with { Thresholds = [], Verify = StageOutcome.Succeeded, Measured = new(4, 4, 0, 3.1) }, Verdict.Passed, Reasons.VerifySucceeded, "verify succeeded after the load; there are no thresholds: 4 requests, 0% failed" },
        { "a failed verify fails a test without thresholds", Good with { Thresholds = [], Verify = StageOutcome.Failed("sold 101") }, Verdict.Failed, Reasons.VerifyFailed, "sold 101" },
        { "a test that judges nothing has faults of its own all the same", Good with { Thresholds = [], Teardown = StageOutcome.Failed("x") }, Verdict.Error, Reasons.TeardownFailed, "teardown failed" },
        { "an absent metric that may be absent passes", Good with { Thresholds = [Empty with { Ok = true }] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },

        { "a broken threshold fails and names itself", Good with { Thresholds = [Met, Broken] }, Verdict.Failed, Reasons.ThresholdsFailed, "1 of 2 thresholds broken: http_req_duration p(95) 612 ms, limit 500 ms" },
        { "the only threshold broken fails", Good with { Thresholds = [Broken] }, Verdict.Failed, Reasons.ThresholdsFailed, "the threshold is broken: http_req_duration" },
        { "many broken thresholds are named up to three", Good with { Thresholds = [Broken, Broken, Broken, Broken, Broken] }, Verdict.Failed, Reasons.ThresholdsFailed, "; and 2 more" },
        { "a broken threshold outweighs one without samples", Good with { Thresholds = [Empty, Broken] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "a broken threshold outweighs undelivered load", Good with { Thresholds = [Broken], Scenarios = [new("load", 1000, 500, 500, 500, 0)] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "a broken threshold outweighs a failed verify", Good with { Thresholds = [Broken], Verify = StageOutcome.Failed("x") }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "an abort by a threshold fails", Good with { Thresholds = [Broken], Stop = Stopped(StopCause.Threshold) }, Verdict.Failed, Reasons.ThresholdAborted, "stopped the run after 12s: http_req_duration p(95) 612 ms" },
        { "an abort by a threshold stays Failed when the last iterations mend it", Good with { Stop = Stopped(StopCause.Threshold) }, Verdict.Failed, Reasons.ThresholdAborted, "it was broken then" },
        { "an abort leaves most of the plan undone and is not blamed for it", Good with { Thresholds = [Broken], Stop = Stopped(StopCause.Threshold), Scenarios = [new("load", 1000, 12, 12, 0, 0)] }, Verdict.Failed, Reasons.ThresholdAborted, "612 ms" },
        { "a failed verify fails", Good with { Verify = StageOutcome.Failed("check 'sold exactly 100' did not hold") }, Verdict.Failed, Reasons.VerifyFailed, "sold exactly 100" },
        { "a verify whose job could not be run says nothing about the target", Good with { Verify = StageOutcome.Failed("job count: ErrImagePull", Reasons.ImagePullFailed) }, Verdict.Error, Reasons.ImagePullFailed, "verify could not be carried out: job count: ErrImagePull" },
        { "a broken threshold outweighs a verify that could not be run", Good with { Thresholds = [Broken], Verify = StageOutcome.Failed("x", Reasons.JobTimedOut) }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "setup's job has its own reason", Good with { Setup = StageOutcome.Failed("job seed: it did not end within 60 s", Reasons.JobTimedOut) }, Verdict.Error, Reasons.JobTimedOut, "job seed: it did not end within 60 s" },
        { "teardown's job has its own reason", Good with { Teardown = StageOutcome.Failed("job clean: no node", Reasons.Unschedulable) }, Verdict.Error, Reasons.Unschedulable, "job clean: no node" },

        { "a broken threshold says why requests had no answer", Good with { Thresholds = [Broken], Scenarios = [Delivered, Dead] }, Verdict.Failed, Reasons.ThresholdsFailed, "; 2293 of 2293 requests got no complete answer: dial: connection refused 2290×, request timeout 3×" },
        { "causes of all scenarios are taken together, most frequent first", Good with { Thresholds = [Broken], Scenarios = [Dead, Dead with { Answered = 707, UnansweredBecause = [new("reset", 4000, "1220"), new("request timeout", 3, "1050")] }] }, Verdict.Failed, Reasons.ThresholdsFailed, "; 4586 of 5293 requests got no complete answer: reset 4000×, dial: connection refused 2290×, request timeout 6×" },
        { "a broken threshold says what never left the generator", Good with { Thresholds = [Broken], Scenarios = [Delivered with { Unsent = 7, UnsentBecause = [new("lookup: no such host", 7, "1101")] }] }, Verdict.Failed, Reasons.ThresholdsFailed, "; 7 requests never left the generator: lookup: no such host 7×" },
        { "one that stopped the run says it, too", Good with { Thresholds = [Broken], Scenarios = [Dead], Stop = new RunStop(StopCause.Threshold, Duration.FromSeconds(3)) }, Verdict.Failed, Reasons.ThresholdAborted, "got no complete answer: dial: connection refused" },
        { "a target that answers nothing has failed, with thresholds", Good with { Scenarios = [Delivered, Dead] }, Verdict.Failed, Reasons.NothingAnswered, "no request of scenario dead was answered completely: 2293 sent, dial: connection refused 2290×, request timeout 3×" },
        { "a target that answers nothing has failed, without thresholds", Good with { Thresholds = [], Scenarios = [Dead] }, Verdict.Failed, Reasons.NothingAnswered, "connection refused 2290×" },
        { "all silent scenarios are named", Good with { Scenarios = [Dead, Dead with { Name = "too" }, Delivered] }, Verdict.Failed, Reasons.NothingAnswered, "; the same of too" },
        { "a broken threshold outweighs a target that answers nothing", Good with { Thresholds = [Broken], Scenarios = [Dead] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "a silent target outweighs iterations that were all cut off", Good with { Scenarios = [Dead with { Completed = 0, Interrupted = 100 }] }, Verdict.Failed, Reasons.NothingAnswered, "scenario dead" },
        { "a silent target outweighs a failed verify", Good with { Scenarios = [Dead], Verify = StageOutcome.Failed("x", Reasons.JobTimedOut) }, Verdict.Failed, Reasons.NothingAnswered, "scenario dead" },
        { "one answer is an answer", Good with { Scenarios = [Dead with { Answered = 1 }] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "lost samples may have been the answers", Good with { Scenarios = [Dead], LostRunners = [new(0, 0.5)] }, Verdict.Invalid, Reasons.RunnerLost, "runner 0" },
        { "what ran out of time in a generator at its limits is in doubt", Good with { LoadSeconds = 10, Tainted = [new(0, TaintCauses.Stall, 0, 5, 900)], Scenarios = [Dead with { UnansweredBecause = [new("request timeout", 2293, "1050")] }] }, Verdict.Invalid, Reasons.GeneratorSaturated, "5 of 10 seconds" },
        { "what was refused is no doing of a generator at its limits", Good with { LoadSeconds = 10, Tainted = [new(0, TaintCauses.Stall, 0, 5, 900)], Scenarios = [Dead] }, Verdict.Failed, Reasons.NothingAnswered, "connection refused" },

        { "a request that nobody sent is never a pass", Good with { Scenarios = [Delivered, Delivered with { Name = "mute", HasRequests = true }] }, Verdict.Invalid, Reasons.NothingSent, "scenario mute has requests and sent none: no condition of its steps (when, while, times, oneOf) led to one in 1000 iterations" },
        { "a request that nobody sent is not unjudged either", Good with { Thresholds = [], Scenarios = [Delivered with { HasRequests = true }] }, Verdict.Invalid, Reasons.NothingSent, "sent none" },
        { "what never left the generator was not sent", Good with { Scenarios = [Delivered with { HasRequests = true, Unsent = 1000, UnsentBecause = [new("lookup: no such host", 1000, "1101")] }] }, Verdict.Invalid, Reasons.NothingSent, "1000 failed before they left the generator, lookup: no such host 1000×" },
        { "what was cut off before an answer came proves nothing", Good with { Scenarios = [Delivered with { HasRequests = true, CutOff = 7 }] }, Verdict.Invalid, Reasons.NothingSent, "all 7 were cut off with their iterations" },
        { "a broken threshold outweighs requests that were not sent", Good with { Thresholds = [Broken], Scenarios = [Delivered with { HasRequests = true }] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "a scenario without requests has none to send", Good with { Scenarios = [Delivered, Looping] }, Verdict.Passed, Reasons.ThresholdsMet, "no request was sent" },
        { "a scenario of which nothing was planned has none to send", Good with { Scenarios = [Delivered, new("none", 0, 0, 0, 0, 0) { HasRequests = true }] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },

        { "iterations that the test's own errors ended were not delivered", Good with { Scenarios = [Wrong(1000) with { HasRequests = true }] }, Verdict.Invalid, Reasons.TestErrors, "1000 of 1000 iterations of scenario load ended by an error of the test itself, spec.flows.f[0].request.url: no such key 'nme' 1000×: 0% delivered, at least 99% wanted" },
        { "a few of them beyond the floor are too many", Good with { Scenarios = [Wrong(11)] }, Verdict.Invalid, Reasons.TestErrors, "11 of 1000 iterations of scenario load" },
        { "a few of them are within the floor", Good with { Scenarios = [Wrong(10)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "of a closed model without a plan they count too", Good with { Scenarios = [Looping with { TestErrors = 60, Errors = [new("spec.flows.f[1].set.x: no", 60)] }] }, Verdict.Invalid, Reasons.TestErrors, "60 of 68 iterations of scenario loop" },
        { "of VU time they take their share", Good with { Scenarios = [Looping with { PlannedVuTime = Duration.FromSeconds(100), VuTime = Duration.FromSeconds(100), TestErrors = 34 }] }, Verdict.Invalid, Reasons.TestErrors, "50% delivered" },
        { "what the generator dropped is not the test's error", Good with { Scenarios = [new ScenarioDelivery("load", 1000, 500, 500, 500, 0) { TestErrors = 1 }] }, Verdict.Invalid, Reasons.LoadNotDelivered, "500 dropped" },
        { "errors and drops that are too many together are told as errors", Good with { Scenarios = [Wrong(6) with { Started = 994, Completed = 994, Dropped = 6 }] }, Verdict.Invalid, Reasons.TestErrors, "6 of 994" },
        { "a broken threshold outweighs the test's own errors", Good with { Thresholds = [Broken], Scenarios = [Wrong(1000)] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },

        { "a least amount that the missing load could have reached is in doubt", Good with { Thresholds = [Least(250, 500)], Scenarios = [new("load", 500, 250, 250, 250, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "50% delivered, at least 99% wanted; http_reqs count 250, limit 500, but the load that is missing could change that; raise maxVUs" },
        { "a least amount that all of the load would not have reached is broken", Good with { Thresholds = [Least(100, 500)], Scenarios = [new("load", 500, 250, 250, 250, 0)] }, Verdict.Failed, Reasons.ThresholdsFailed, "http_reqs count 100" },
        { "a least amount of a load that was delivered is broken", Good with { Thresholds = [Least(499, 500)], Scenarios = [new("load", 500, 500, 500, 0, 0)] }, Verdict.Failed, Reasons.ThresholdsFailed, "http_reqs count 499" },
        { "an exact amount that a few drops within the floor are missing from is in doubt", Good with { Thresholds = [Least(995, 1000)], Scenarios = [new("load", 1000, 995, 995, 5, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "started 995 of 1000 planned iterations (5 dropped for want of a free VU or of time): 99.5% delivered; http_reqs count 995, limit 1000, but the load" },
        { "an amount that what was cut off is missing from as well is in doubt", Good with { Thresholds = [Least(240, 500)], Scenarios = [new("load", 500, 250, 240, 250, 10)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "http_reqs count 240" },
        { "an amount of another scenario is not excused", Good with { Thresholds = [Least(250, 500) with { Scenario = "a" }], Scenarios = [new("a", 500, 500, 500, 0, 0), new("b", 500, 250, 250, 250, 0)] }, Verdict.Failed, Reasons.ThresholdsFailed, "http_reqs count 250" },
        { "an amount that the test's own errors are missing from is in doubt", Good with { Thresholds = [Least(995, 1000)], Scenarios = [Wrong(5)] }, Verdict.Invalid, Reasons.TestErrors, "but the load that is missing could change that" },
        { "an amount that a lost runner within the policy is missing from is in doubt, and no advice to raise maxVUs helps", Good with { Thresholds = [Least(920, 1000)], Scenarios = [new("load", 1000, 920, 920, 0, 0)], LostRunners = [new(1, 0.08)], AllowedLostShare = 0.1 }, Verdict.Invalid, Reasons.RunnerLost, "started 920 of 1000 planned iterations (with lost runners 8% of the plan is missing): 92% delivered; http_reqs count 920, limit 1000, but the load that is missing could change that; run the test again" },
        { "a stop by a threshold leaves load out that is no excuse", Good with { Thresholds = [Least(250, 500)], Stop = Stopped(StopCause.Threshold), Scenarios = [new("load", 500, 250, 250, 0, 0)] }, Verdict.Failed, Reasons.ThresholdAborted, "http_reqs count 250" },
        { "a stop by a threshold that only drops broke is in doubt", Good with { Thresholds = [Least(250, 500)], Stop = Stopped(StopCause.Threshold), Scenarios = [new("load", 1000, 250, 250, 250, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "http_reqs count 250" },
        { "of thresholds in doubt beside a broken one both are named", Good with { Thresholds = [Met, Broken, Least(250, 500), Empty], Scenarios = [new("load", 500, 250, 250, 250, 0)] }, Verdict.Failed, Reasons.ThresholdsFailed, "1 of 4 thresholds broken: http_req_duration p(95) 612 ms, limit 500 ms; in doubt: http_reqs count 250, limit 500; not known: latency{name:typo} (p(95)<500)" },
        { "drops of a generator at its limits are its own doing", Good with { LoadSeconds = 10, Thresholds = [Dropped], Tainted = [new(0, TaintCauses.Cpu, 0, 5, 0.97)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "dropped_iterations count 42, limit 10, but that may be its own doing" },
        { "drops of a generator that kept up are not", Good with { LoadSeconds = 10, Thresholds = [Dropped] }, Verdict.Failed, Reasons.ThresholdsFailed, "dropped_iterations count 42" },

        { "a pass says what was sent", Good with { Measured = new(400, 5630, 0, 3.1) { Sent = 5626, Answered = 5620 } }, Verdict.Passed, Reasons.ThresholdsMet, "; 5626 requests sent, 5620 answered" },
        { "a pass with a lost runner says what is missing", Good with { LostRunners = [new(2, 0.08)], AllowedLostShare = 0.1 }, Verdict.Passed, Reasons.ThresholdsMet, "; 8% of the plan is missing with runner 2, which was lost" },
        { "what is unjudged with lost runners says it too", Good with { Thresholds = [], LostRunners = [new(2, 0.04), new(0, 0.04)], AllowedLostShare = 0.1 }, Verdict.Unjudged, Reasons.NothingJudged, "; 8% of the plan is missing with 2 runners, which were lost" },

        { "no samples is never a pass", Good with { Thresholds = [Met, Empty] }, Verdict.Invalid, Reasons.NoSamples, "no samples for latency{name:typo} (p(95)<500)" },
        { "no scenario at all is never a pass", Good with { Scenarios = [] }, Verdict.Invalid, Reasons.NothingRan, "no scenario ran" },
        { "an idle scenario is never a pass", Good with { Scenarios = [Delivered, new("idle", null, 0, 0, 0, 0)] }, Verdict.Invalid, Reasons.NothingRan, "scenario idle completed no iteration: it started none" },
        { "a scenario that dropped all is never a pass", Good with { Scenarios = [new("idle", 50, 0, 0, 50, 0)] }, Verdict.Invalid, Reasons.NothingRan, "dropped 50: give it more VUs" },
        { "a scenario whose iterations were all cut off is never a pass", Good with { Scenarios = [new("slow", null, 3, 0, 0, 3)] }, Verdict.Invalid, Reasons.NothingRan, "all 3 that it started were interrupted" },
        { "a scenario that plans nothing may do nothing", Good with { Scenarios = [Delivered, new("none", 0, 0, 0, 0, 0)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "undelivered load is never a pass", Good with { Scenarios = [new("load", 1000, 989, 989, 11, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "scenario load started 989 of 1000 planned iterations (11 dropped for want of a free VU or of time): 98.9% delivered, at least 99% wanted" },
        { "load delivered to the floor passes", Good with { Scenarios = [new("load", 1000, 990, 990, 10, 0)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "one undelivered scenario among many is never a pass", Good with { Scenarios = [new("big", 100_000, 100_000, 100_000, 0, 0), new("small", 10, 5, 5, 5, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "scenario small started 5 of 10" },
        { "the least delivered scenario is named", Good with { Scenarios = [new("a", 10, 9, 9, 1, 0), new("b", 10, 4, 4, 6, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "scenario b" },
        { "the floor can be set", Good with { DeliveryFloor = 0.5, Scenarios = [new("load", 1000, 500, 500, 500, 0)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "undelivered load outweighs missing samples", Good with { Thresholds = [Empty], Scenarios = [new("load", 10, 5, 5, 5, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "5 of 10" },

        { "what nobody could observe is never a pass", Good with { Thresholds = [Met, Empty with { Unobserved = "0 of 7 samples came: connection refused" }] }, Verdict.Invalid, Reasons.TargetNotObserved, "too little was seen of the target to judge latency{name:typo} (p(95)<500; 0 of 7 samples came: connection refused)" },
        { "what was observed too seldom is never a pass", Good with { Thresholds = [Met, Met with { Incomplete = true, Unobserved = "3 of 7 samples came" }] }, Verdict.Invalid, Reasons.TargetNotObserved, "3 of 7 samples came" },
        { "a broken threshold outweighs one that was not observed", Good with { Thresholds = [Broken, Empty with { Unobserved = "none came" }] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "undelivered load outweighs missing observations", Good with { Thresholds = [Empty with { Unobserved = "none came" }], Scenarios = [new("load", 10, 5, 5, 5, 0)] }, Verdict.Invalid, Reasons.LoadNotDelivered, "5 of 10" },

        { "samples folded into overflow are never a pass", Good with { Thresholds = [Met, Met with { Metric = "http_req_duration{name:a}", Incomplete = true }] }, Verdict.Invalid, Reasons.TooManySeries, "samples of http_req_duration{name:a} may be missing" },
        { "what was folded away whole is not told as a name that is misspelt", Good with { Thresholds = [Empty with { Incomplete = true }] }, Verdict.Invalid, Reasons.TooManySeries, "samples of latency{name:typo} may be missing" },
        { "a breach that the folded samples could mend is in doubt", Good with { Thresholds = [Broken with { Incomplete = true }] }, Verdict.Invalid, Reasons.TooManySeries, "may be missing" },

        { "a lost runner is never a pass", Good with { LostRunners = [new(2, 0.25, "its Pod was deleted 12s after the start")] }, Verdict.Invalid, Reasons.RunnerLost, "runner 2 was lost (its Pod was deleted 12s after the start) and with it the samples of 25% of the plan, 0% is allowed" },
        { "a lost runner that had delivered all but its last snapshot is never a pass", Good with { LostRunners = [new(0, 0)] }, Verdict.Invalid, Reasons.RunnerLost, "runner 0 was lost" },
        { "several lost runners are counted", Good with { LostRunners = [new(0, 0.1), new(3, 0.1, "killed")] }, Verdict.Invalid, Reasons.RunnerLost, "2 runners were lost (0, 3: killed)" },
        { "a loss within the policy passes", Good with { LostRunners = [new(2, 0.08)], AllowedLostShare = 0.1 }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "a loss beyond the policy is never a pass", Good with { LostRunners = [new(2, 0.11)], AllowedLostShare = 0.1 }, Verdict.Invalid, Reasons.RunnerLost, "11% of the plan, 10% is allowed" },
        { "a breach that the lost samples could mend is in doubt", Good with { Thresholds = [Broken with { RepairShare = 0.2 }], LostRunners = [new(1, 0.25)] }, Verdict.Invalid, Reasons.RunnerLost, "612 ms, limit 500 ms, but the missing samples could change that" },
        { "a breach that the lost samples could not mend stays", Good with { Thresholds = [Broken with { RepairShare = 0.3 }], LostRunners = [new(1, 0.25)] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "within the policy a breach is judged on what there is", Good with { Thresholds = [Broken], LostRunners = [new(1, 0.05)], AllowedLostShare = 0.1 }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "an abort on data that the loss puts in doubt is no proof", Good with { Thresholds = [Broken], Stop = Stopped(StopCause.Threshold), LostRunners = [new(1, 0.5)] }, Verdict.Invalid, Reasons.RunnerLost, "could change that" },
        { "a lost runner puts a failed verify in doubt", Good with { Verify = StageOutcome.Failed("count was 75"), LostRunners = [new(1, 0.25)] }, Verdict.Invalid, Reasons.RunnerLost, "runner 1" },

        { "a generator at its limits is never a pass", Good with { LoadSeconds = 30, Runners = 4, Tainted = [new(2, TaintCauses.Cpu, 3, 12, 0.97)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "12 of 30 seconds (40%, 5% is allowed): runner 2, seconds 3 to 14: nearly all of its CPU used (up to 97%); give the runners more CPU of their own, use 6 of them" },
        { "seconds spoiled twice count once", Good with { LoadSeconds = 40, Tainted = [new(0, TaintCauses.Cpu, 3, 2, 0.97), new(1, TaintCauses.Stall, 4, 1, 300)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "a single spoiled second is none", Good with { LoadSeconds = 3, Tainted = [new(0, TaintCauses.SendLag, 1, 1, 40)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "two spoiled seconds of a short run are too many", Good with { LoadSeconds = 5, Tainted = [new(0, TaintCauses.SendLag, 1, 2, 40)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "runner 0, seconds 1 to 2: iterations began late (up to 40ms)" },
        { "two spoiled seconds of a long run are within the limit", Good with { LoadSeconds = 60, Tainted = [new(0, TaintCauses.SendLag, 1, 2, 40)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "the limit of spoiled seconds can be set", Good with { LoadSeconds = 5, AllowedTaintedShare = 0.5, Tainted = [new(0, TaintCauses.SendLag, 1, 2, 40)] }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "spoiled seconds without a name count too", Good with { LoadSeconds = 100, Tainted = [new(0, TaintCauses.Gc, null, 60, 400)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "more memory" },
        { "a broken time that a saturated generator may have made itself is in doubt", Good with { LoadSeconds = 10, Thresholds = [Broken with { RepairShare = 1, ReplaceShare = 0.2, DependsOnGenerator = true }], Tainted = [new(0, TaintCauses.Cpu, 0, 5, 0.97)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "612 ms, limit 500 ms, but that may be its own doing" },
        { "a broken time that the spoiled seconds do not explain stays", Good with { LoadSeconds = 10, Thresholds = [Broken with { ReplaceShare = 0.9, DependsOnGenerator = true }], Tainted = [new(0, TaintCauses.Cpu, 0, 5, 0.97)] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "a broken outcome is none of the generator's doing", Good with { LoadSeconds = 10, Thresholds = [Broken with { ReplaceShare = 0.2 }], Tainted = [new(0, TaintCauses.Cpu, 0, 10, 0.97)] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "failures for want of a port are ours", Good with { LoadSeconds = 100, Thresholds = [Broken with { ReplaceShare = 0.005 }], Tainted = [new(1, TaintCauses.Ports, 7, 1, null)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "runner 1, second 7: out of local ports" },
        { "an abort by a threshold that the generator may have broken itself is in doubt", Good with { LoadSeconds = 10, Stop = Stopped(StopCause.Threshold), Thresholds = [Broken with { ReplaceShare = 0.2, DependsOnGenerator = true }], Tainted = [new(0, TaintCauses.Stall, 0, 5, 900)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "but that may be its own doing" },
        { "saturation explains undelivered load", Good with { LoadSeconds = 10, Scenarios = [new("load", 1000, 500, 500, 500, 0)], Tainted = [new(0, TaintCauses.Throttling, 0, 5, 0.6)] }, Verdict.Invalid, Reasons.GeneratorSaturated, "raise the runners' CPU limit" },
        { "an average that holds only without the unanswered is in doubt", Good with { Thresholds = [Met, Met with { Aggregation = "avg", Message = "38 ms of the 88% that were answered, limit 100 ms", Unanswered = 12, DependsOnUnanswered = true }] }, Verdict.Invalid, Reasons.Unanswered, "http_req_duration avg 38 ms of the 88% that were answered, limit 100 ms; hold a percentile to the limit" },
        { "a breach comes before such a doubt", Good with { Thresholds = [Broken, Met with { DependsOnUnanswered = true }] }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "a skewed start is never a pass", Good with { StartSkew = Duration.FromMilliseconds(900) }, Verdict.Invalid, Reasons.StartSkewed, "within 900ms of each other, 250ms is allowed" },
        { "a start within the limit passes", Good with { StartSkew = Duration.FromMilliseconds(250) }, Verdict.Passed, Reasons.ThresholdsMet, "held" },
        { "undelivered VU time is never a pass", Good with { Scenarios = [new("loop", null, 70, 70, 0, 0) { PlannedVuTime = Duration.FromSeconds(100), VuTime = Duration.FromSeconds(60), VuTimeSlack = Duration.FromSeconds(5) }] }, Verdict.Invalid, Reasons.LoadNotDelivered, "scenario loop had VUs at work for 1m0s of 1m40s of planned VU time: 65% delivered" },
        { "what was lost within the policy is not asked for again", Good with { Scenarios = [new("load", 1000, 925, 925, 0, 0)], LostRunners = [new(2, 0.08)], AllowedLostShare = 0.1 }, Verdict.Passed, Reasons.ThresholdsMet, "held" },

        { "what was dropped is not excused by what was lost", Good with { Scenarios = [new("load", 1000, 950, 950, 50, 0)], LostRunners = [new(2, 0.08)], AllowedLostShare = 0.1 }, Verdict.Invalid, Reasons.LoadNotDelivered, "50 dropped" },

        { "the user's stop aborts", Good with { Stop = Stopped(StopCause.User) }, Verdict.Aborted, Reasons.AbortedByUser, "stopped by the user after 12s" },
        { "the user's stop aborts and still tells what was broken", Good with { Thresholds = [Broken], Stop = Stopped(StopCause.User) }, Verdict.Aborted, Reasons.AbortedByUser, "broken until then: http_req_duration p(95) 612 ms" },
        { "the test's own stop aborts with its reason", Good with { Thresholds = [Broken], Stop = new RunStop(StopCause.Test, Duration.FromSeconds(3), "the shop is closed") }, Verdict.Aborted, Reasons.AbortedByTest, "stopped itself after 3s: the shop is closed" },

        { "a failed setup is an error", Good with { Thresholds = [Empty], Scenarios = [], Setup = StageOutcome.Failed("POST /init answered 500") }, Verdict.Error, Reasons.SetupFailed, "POST /init answered 500" },
        { "a failed teardown after a good run is an error", Good with { Setup = StageOutcome.Succeeded, Teardown = StageOutcome.Failed("DELETE /x answered 404") }, Verdict.Error, Reasons.TeardownFailed, "DELETE /x answered 404" },
        { "a failed teardown does not hide a breach", Good with { Thresholds = [Broken], Teardown = StageOutcome.Failed("x") }, Verdict.Failed, Reasons.ThresholdsFailed, "612 ms" },
        { "what kept the test from running is an error with its own reason", Good with { Thresholds = [Broken], Failure = new(Reasons.RunnersNotReady, "runner 3 was not ready after 60s") }, Verdict.Error, Reasons.RunnersNotReady, "runner 3 was not ready after 60s" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void The_rule_decides(string sentence, RunEvidence evidence, Verdict verdict, string reason, string says)
    {
        var decision = VerdictRule.Decide(evidence);
        Assert.True((verdict, reason) == (decision.Verdict, decision.Reason), $"{sentence}: {decision}");
        Assert.Contains(says, decision.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', decision.Message);
    }

    [Fact]
    public void Every_reason_is_reached_by_the_table_or_given_by_the_caller()
    {
        var byCaller = new[] { Reasons.InvalidManifest, Reasons.ImagePullFailed, Reasons.Unschedulable, Reasons.QuotaExceeded, Reasons.PodRefused, Reasons.ObjectRefused, Reasons.NameTaken, Reasons.NotPermitted, Reasons.OutOfMemory, Reasons.RunnerFailed, Reasons.RunnersNotReady, Reasons.DeadlineExceeded, Reasons.DataExhausted, Reasons.TargetNotReady, Reasons.JobFailed, Reasons.InternalError };
        var all = typeof(Reasons).GetFields().Select(f => (string)f.GetValue(null)!).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.Empty(all.Except(byCaller).Except(Table.Select(row => (string)row[3])));
    }

    [Fact]
    public void Missing_data_undelivered_load_and_breaches_never_pass_whatever_else_is_true()
    {
        Prop.ForAll(Evidence().ToArbitrary(), evidence =>
        {
            var doubt = evidence.Failure is not null || evidence.Stop is not null || evidence.Scenarios.Count == 0
                || evidence.Thresholds.Any(t => !t.Ok || t.Incomplete || t.DependsOnUnanswered)
                || evidence.Scenarios.Any(s => s.Planned is > 0 && s.Started < (evidence.DeliveryFloor - evidence.LostShare - 1e-9) * s.Planned)
                || evidence.Scenarios.Any(s => s is { Completed: 0, Planned: not 0 })
                || evidence.LostShare > evidence.AllowedLostShare
                || evidence.IsTainted || evidence.StartSkew > evidence.AllowedStartSkew
                || new[] { evidence.Setup, evidence.Verify, evidence.Teardown }.Any(o => o.State == StageState.Failed);
            return !doubt || VerdictRule.Decide(evidence).Verdict is not (Verdict.Passed or Verdict.Unjudged);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void A_scenario_that_sent_nothing_or_got_no_answer_never_passes_whatever_else_is_true()
    {
        var (mute, all) = (0, 0);
        Prop.ForAll(Evidence().ToArbitrary(), evidence =>
        {
            all++;
            var nothing = evidence.Scenarios.Any(s => s is { HasRequests: true, Planned: not 0 } && (s.Answered + s.Unanswered == 0 || s.Answered == 0));
            if (nothing) mute++;
            return !nothing || VerdictRule.Decide(evidence).Verdict is not (Verdict.Passed or Verdict.Unjudged);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
        Assert.InRange(mute, all / 10, all);
    }

    [Fact]
    public void Only_what_was_judged_passes()
    {
        Prop.ForAll(Evidence().ToArbitrary(), evidence =>
            VerdictRule.Decide(evidence).Verdict != Verdict.Passed || evidence.Thresholds.Count > 0 || evidence.Verify.State == StageState.Succeeded).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void Deciding_twice_changes_nothing()
    {
        Prop.ForAll(Evidence().ToArbitrary(), evidence => VerdictRule.Decide(evidence) == VerdictRule.Decide(evidence)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void More_loss_never_turns_any_verdict_into_passed()
    {
        Prop.ForAll(Evidence().ToArbitrary(), evidence =>
        {
            var worse = evidence with { LostRunners = [.. evidence.LostRunners, new LostRunner(99, 0.3)] };
            return VerdictRule.Decide(evidence).Verdict == Verdict.Passed || VerdictRule.Decide(worse).Verdict != Verdict.Passed;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void More_spoiled_seconds_never_turn_a_verdict_that_was_not_passed_into_passed_nor_one_into_failed()
    {
        Prop.ForAll(Evidence().ToArbitrary(), evidence =>
        {
            var worse = evidence with { Tainted = [.. evidence.Tainted, new TaintedSpan(7, TaintCauses.Stall, 5, 12, 900)] };
            var (before, after) = (VerdictRule.Decide(evidence).Verdict, VerdictRule.Decide(worse).Verdict);
            return after != Verdict.Passed && (after != Verdict.Failed || before is Verdict.Failed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static Gen<RunEvidence> Evidence()
    {
        var threshold = Gen.Elements(Met, Met, Met, Broken, Broken with { RepairShare = 0.3 }, Broken with { RepairShare = 1 }, Empty, Empty with { Ok = true }, Met with { Incomplete = true }, Met with { DependsOnUnanswered = true }, Broken with { Incomplete = true }, Least(100, 500), Least(499, 500), Dropped);
        var scenario = Gen.Elements(
            Delivered, Delivered, Delivered, Looping, Looping, new("a", 1000, 990, 990, 10, 0), new("b", 1000, 989, 989, 11, 0), new("c", null, 0, 0, 0, 0),
            new("d", 0, 0, 0, 0, 0), new("e", 100, 0, 0, 100, 0), new ScenarioDelivery("f", null, 5, 0, 0, 5),
            Dead, Dead with { Answered = 1 }, Dead with { Unanswered = 0, UnansweredBecause = [] }, Dead with { Answered = 1000, Unanswered = 0 }, Dead with { Unanswered = 0, Unsent = 7, CutOff = 1 },
            Dead with { Unanswered = 3, UnansweredBecause = [new("request timeout", 3, "1050")] }, Wrong(5), Wrong(500) with { HasRequests = true });
        var outcome = Gen.Frequency((6, Gen.Elements(StageOutcome.None, StageOutcome.Succeeded)), (1, Gen.Constant(StageOutcome.Failed("x"))));
        var stop = Gen.Frequency((6, Gen.Constant<RunStop?>(null)), (1, Gen.Elements<RunStop?>(Stopped(StopCause.User), Stopped(StopCause.Threshold))));
        var lost = Gen.Frequency((5, Gen.Constant(Array.Empty<LostRunner>())), (1, Gen.Elements(0.05, 0.25, 0.5).Select(s => new[] { new LostRunner(1, s) })));
        return from thresholds in threshold.ListOf()
               from scenarios in scenario.ListOf()
               from setup in outcome
               from verify in outcome
               from teardown in outcome
               from stopped in stop
               from runners in lost
               from allowed in Gen.Elements(0, 0.1, 0.25, 0.4)
               from floor in Gen.Elements(0.99, 0.99, 1, 0.5)
               from skew in Gen.Frequency((4, Gen.Constant<Duration?>(null)), (1, Gen.Elements<Duration?>(Duration.FromMilliseconds(3), Duration.FromMilliseconds(300))))
               from tainted in Gen.Frequency((3, Gen.Constant(Array.Empty<TaintedSpan>())), (1, Gen.Elements(
                   new TaintedSpan(0, TaintCauses.Cpu, 0, 1, 1), new TaintedSpan(1, TaintCauses.Stall, 3, 2, 500), new TaintedSpan(0, TaintCauses.Ports, null, 9, null)).NonEmptyListOf().Select(l => l.ToArray())))
               from failed in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
               select new RunEvidence
               {
                   Thresholds = [.. thresholds],
                   Scenarios = [.. scenarios],
                   Setup = setup,
                   Verify = verify,
                   Teardown = teardown,
                   Stop = stopped,
                   LostRunners = runners,
                   AllowedLostShare = allowed,
                   LoadSeconds = 20,
                   Tainted = tainted,
                   StartSkew = skew,
                   DeliveryFloor = floor,
                   Failure = failed ? new RunFailure(Reasons.InternalError, "x") : null,
               };
    }

    private static RunStop Stopped(StopCause cause) => new(cause, Duration.FromSeconds(12));

    private static ScenarioDelivery Wrong(long errors) => Delivered with { TestErrors = errors, Errors = [new("spec.flows.f[0].request.url: no such key 'nme'", errors)] };

    private static ThresholdResult Least(double observed, double wanted) =>
        Threshold("http_reqs", $"count>={wanted}", "count", observed, $"{observed}, limit {wanted}", ok: false) with { DependsOnGenerator = true, HoldsBelowDelivered = observed / wanted };

    private static ThresholdResult Threshold(string metric, string expression, string aggregation, double? observed, string message, bool ok) => new()
    {
        Metric = metric,
        Expression = expression,
        Aggregation = aggregation,
        Observed = observed,
        Wanted = 500,
        Unit = "ms",
        Ok = ok,
        NoData = observed is null,
        Message = message,
    };
}
