using LoadTesting.Operator.Lifecycle;
using static LoadTesting.Operator.Tests.Lifecycle.Given;

namespace LoadTesting.Operator.Tests.Lifecycle;

public sealed class JobCourseTests
{
    private static readonly RunDeadlines Limits = new();

    public static TheoryData<string, JobSight, string> Table => new()
    {
        { "a new job gets its Pod", Sight(PodSight.Absent, 0), "Create" },
        { "a Pod that was there and is gone is not made again", Sight(PodSight.Absent, 0) with { WasMade = true }, "JobFailed" },
        { "a refusal may pass", Sight(PodSight.Refused, 59), "Create" },
        { "a quota that stays", Sight(PodSight.Refused, 61) with { PodMessage = "exceeded quota" }, "QuotaExceeded" },
        { "a refusal that stays", Sight(PodSight.Refused, 61) with { PodMessage = "denied" }, "PodRefused" },
        { "a Pod that is coming", Sight(PodSight.Pending, 299), "Wait" },
        { "a Pod that does not come", Sight(PodSight.Pending, 301), "JobFailed, kill" },
        { "no node for a while", Sight(PodSight.Unschedulable, 59), "Wait" },
        { "no node", Sight(PodSight.Unschedulable, 61), "Unschedulable, kill" },
        { "an image may fail for a while", Sight(PodSight.ImagePullFailing, 59), "Wait" },
        { "no image", Sight(PodSight.ImagePullFailing, 61), "ImagePullFailed, kill" },
        { "a container that cannot be made", Sight(PodSight.ContainerFailing, 61), "JobFailed, kill" },
        { "it runs", Sight(PodSight.Running, 500) with { RunsSince = Now.AddSeconds(-59) }, "Wait" },
        { "it runs too long", Sight(PodSight.Running, 500) with { RunsSince = Now.AddSeconds(-61) }, "JobTimedOut, kill" },
        { "it ended", Sight(PodSight.Terminated, 500) with { ExitCode = 3, RunsSince = Now.AddSeconds(-61) }, "Collect 3" },
        { "its Pod was evicted", Sight(PodSight.Terminated, 5) with { PodMessage = "The Pod ended: Evicted" }, "JobFailed" },
        { "its Pod is taken away", Sight(PodSight.Deleting, 5), "JobFailed" },
        { "its memory", Sight(PodSight.OutOfMemory, 5) with { ExitCode = 137 }, "OutOfMemory" },
    };

    [Theory]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public void Every_situation_has_its_step(string situation, JobSight seen, string expected) => Assert.True(Text(JobCourse.Decide(seen, Limits)) == expected, $"{situation}: {JobCourse.Decide(seen, Limits)}");

    [Fact]
    public void Time_alone_ends_every_job_and_only_what_was_never_made_is_made()
    {
        foreach (var pod in Enum.GetValues<PodSight>())
        {
            var late = JobCourse.Decide(Sight(pod, 10_000) with { RunsSince = Now.AddSeconds(-10_000), WasMade = true }, Limits);
            Assert.True(late is JobAction.End { Result.Reason: not null } or JobAction.Collect, $"{pod}: {late}");
        }
    }

    private static JobSight Sight(PodSight pod, double seconds) => new(2, Now, pod, TimeSpan.FromMinutes(1)) { Since = Now.AddSeconds(-seconds) };

    private static string Text(JobAction action) => action switch
    {
        JobAction.End { Result: { Ordinal: 2, Reason: var reason, Message.Length: > 0 }, Kill: var kill } => $"{reason}{(kill ? ", kill" : "")}",
        JobAction.Collect { ExitCode: var code } => $"Collect {code}",
        _ => action.GetType().Name,
    };
}
