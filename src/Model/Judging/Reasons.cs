namespace LoadTesting.Model.Judging;

/// <summary>
/// Why a run ended with its verdict: stable CamelCase words for scripts and conditions. The verdict that each belongs to stands in front.
/// </summary>
public static class Reasons
{
    /// <summary>Passed: every threshold held.</summary>
    public const string ThresholdsMet = "ThresholdsMet";

    /// <summary>Passed: the test has no threshold, and its <c>verify</c> succeeded after a load that was delivered.</summary>
    public const string VerifySucceeded = "VerifySucceeded";

    /// <summary>Unjudged: the load was delivered, and the test has neither thresholds nor <c>verify</c> to judge it by.</summary>
    public const string NothingJudged = "NothingJudged";

    /// <summary>Failed: at least one threshold is broken.</summary>
    public const string ThresholdsFailed = "ThresholdsFailed";

    /// <summary>Failed: a broken threshold with <c>abort</c> (abortOnFail) stopped the run.</summary>
    public const string ThresholdAborted = "ThresholdAborted";

    /// <summary>Failed: a check or an unexpected response in <c>verify</c>.</summary>
    public const string VerifyFailed = "VerifyFailed";

    /// <summary>Invalid: no iteration of some scenario was completed.</summary>
    public const string NothingRan = "NothingRan";

    /// <summary>Invalid: a scenario whose flow has requests sent none, or all that it tried failed before they left the generator.</summary>
    public const string NothingSent = "NothingSent";

    /// <summary>Failed: a scenario sent requests, and not one was answered completely.</summary>
    public const string NothingAnswered = "NothingAnswered";

    /// <summary>Invalid: too many iterations ended by an error of the test itself: an expression, an extract, a row that is not there.</summary>
    public const string TestErrors = "TestErrors";

    /// <summary>Invalid: a threshold holds on the answered requests alone, and the unanswered ones could break it.</summary>
    public const string Unanswered = "Unanswered";

    /// <summary>Invalid: fewer iterations were started than the floor allows.</summary>
    public const string LoadNotDelivered = "LoadNotDelivered";

    /// <summary>Invalid: the generator itself was at its limits for more of the seconds than allowed, so its numbers speak of itself.</summary>
    public const string GeneratorSaturated = "GeneratorSaturated";

    /// <summary>Invalid: the runners did not start together.</summary>
    public const string StartSkewed = "StartSkewed";

    /// <summary>Invalid: Prometheus or the Pods that a threshold speaks of were seen too seldom, or not at all.</summary>
    public const string TargetNotObserved = "TargetNotObserved";

    /// <summary>Invalid: a threshold saw no samples and does not say <c>or absent</c>.</summary>
    public const string NoSamples = "NoSamples";

    /// <summary>Invalid: there were more series than a runner keeps, and samples that a threshold asks for may be among the folded ones.</summary>
    public const string TooManySeries = "TooManySeries";

    /// <summary>Invalid: a runner was lost, and with it more of the plan than the policy allows.</summary>
    public const string RunnerLost = "RunnerLost";

    /// <summary>Aborted: stopped by a person or by a signal.</summary>
    public const string AbortedByUser = "AbortedByUser";

    /// <summary>Aborted: an <c>abort</c> step of the test stopped the run.</summary>
    public const string AbortedByTest = "AbortedByTest";

    /// <summary>Error: what <c>ready</c> waits for did not come true in time; neither setup nor load was started.</summary>
    public const string TargetNotReady = "TargetNotReady";

    /// <summary>Error: a step of <c>setup</c> failed; the load was not started.</summary>
    public const string SetupFailed = "SetupFailed";

    /// <summary>Error: a step of <c>teardown</c> failed after a run that would have passed.</summary>
    public const string TeardownFailed = "TeardownFailed";

    /// <summary>Error: the manifest is not valid.</summary>
    public const string InvalidManifest = "InvalidManifest";

    /// <summary>Error: the runners did not become ready in time.</summary>
    public const string RunnersNotReady = "RunnersNotReady";

    /// <summary>Error: the image of a runner or of a job could not be pulled.</summary>
    public const string ImagePullFailed = "ImagePullFailed";

    /// <summary>Error: no node takes a runner or a job.</summary>
    public const string Unschedulable = "Unschedulable";

    /// <summary>Error: the API server refused a runner, a job or another object of the run, because the namespace's quota has no place for it.</summary>
    public const string QuotaExceeded = "QuotaExceeded";

    /// <summary>Error: the API server refused a runner or a job for another reason: admission, or a field that no Pod may have.</summary>
    public const string PodRefused = "PodRefused";

    /// <summary>
    /// Error: the API server refused an object that a run needs beside its Pods (plan, token, snapshot, evidence): admission, or its own validation.
    /// </summary>
    public const string ObjectRefused = "ObjectRefused";

    /// <summary>Error: an object of a name that the run needs exists and belongs to somebody else.</summary>
    public const string NameTaken = "NameTaken";

    /// <summary>Error: the operator lacks a right that the run needs.</summary>
    public const string NotPermitted = "NotPermitted";

    /// <summary>Error: a runner was killed for its memory before the load began, or a job.</summary>
    public const string OutOfMemory = "OutOfMemory";

    /// <summary>
    /// Error: a runner ended before the load began, or its container could not be made: a ConfigMap, a Secret, a key or a volume that it names is missing.
    /// </summary>
    public const string RunnerFailed = "RunnerFailed";

    /// <summary>Error: the program of a <c>job</c> step ran longer than its timeout, and was killed.</summary>
    public const string JobTimedOut = "JobTimedOut";

    /// <summary>Error: a <c>job</c> step came to no result: its Pod could not be made or is gone, or its output could not be read.</summary>
    public const string JobFailed = "JobFailed";

    /// <summary>Error: a feeder's unique rows ran out before the scenario's end.</summary>
    public const string DataExhausted = "DataExhausted";

    /// <summary>Error: the run did not end by its deadline.</summary>
    public const string DeadlineExceeded = "DeadlineExceeded";

    /// <summary>Error: the tool itself failed; the message says where.</summary>
    public const string InternalError = "InternalError";
}
