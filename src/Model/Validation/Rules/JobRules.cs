using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Jobs, each on its own, and where they may stand.</summary>
internal static class JobRules
{
    private const string Rule = "job";
    private static readonly Duration Shortest = Duration.FromSeconds(1);
    private static readonly Duration Longest = Duration.FromSeconds(3600);

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        foreach (var (name, steps) in spec.Flows)
        {
            foreach (var place in StepTree.Of(steps, problems.Field("flows").Field(name).Path, 0).Where(p => p.Step is JobStep))
            {
                (problems with { Path = place.Path }).Field("job").Add(Rule, "a job runs once per run: it stands in setup, verify or teardown, not in a flow that every iteration runs");
            }
        }

        foreach (var (step, list) in Steps.All(spec, problems))
        {
            if (step is JobStep job)
            {
                Check(job, list.Field("job"));
            }
        }
    }

    private static void Check(JobStep job, ProblemList problems)
    {
        if (string.IsNullOrWhiteSpace(job.Image) || job.Image.Any(char.IsWhiteSpace))
        {
            problems.Field("image").Add(Rule, "an image reference is not empty and has no blanks, as in postgres:16-alpine", job.Image);
        }
        else if (Templates.HasExpression(job.Image))
        {
            problems.Field("image").Add(Rule, "an image is literal: which program runs in the cluster is decided by the manifest and not by what the target answers", job.Image);
        }

        if (job.Timeout < Shortest || job.Timeout > Longest)
        {
            problems.Field("timeout").Add(ProblemRules.Range, $"a job's timeout lies between {Shortest} and {Longest}", job.Timeout.ToString());
        }

        for (var i = 0; i < job.ExitCodes.Count; i++)
        {
            if (job.ExitCodes[i] is < 0 or > 255)
            {
                problems.Field("exitCodes").Item(i).Add(ProblemRules.Range, "an exit code lies between 0 and 255", job.ExitCodes[i].ToString(CultureInfo.InvariantCulture));
            }
        }

        if (job.RunAsUser is < 1)
        {
            problems.Field("runAsUser").Add(ProblemRules.Range, "jobs do not run as root: give a user id above 0", job.RunAsUser.Value.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var name in job.Env.Keys)
        {
            EnvRules.CheckName(name, problems.Field("env").Field(name));
        }

        foreach (var name in job.Extract.Keys)
        {
            StepRules.CheckName(name, problems.Field("extract").Field(name));
        }
    }
}
