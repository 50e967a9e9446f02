using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>All steps of a test with their places.</summary>
internal static class Steps
{
    public static IEnumerable<(StepSpec Step, ProblemList Problems)> All(LoadTestSpec spec, ProblemList problems)
    {
        var lists = new[] { ("setup", spec.Setup), ("teardown", spec.Teardown), ("verify", spec.Verify) }
            .Select(l => (Steps: l.Item2, Problems: problems.Field(l.Item1)))
            .Concat(spec.Flows.Select(f => (Steps: f.Value, Problems: problems.Field("flows").Field(f.Key))));
        return lists.SelectMany(l => l.Steps.Select((step, i) => (step, l.Problems.Item(i))));
    }

    public static IEnumerable<(RequestStep Request, ProblemList Problems)> Requests(LoadTestSpec spec, ProblemList problems) =>
        All(spec, problems).Where(s => s.Step is RequestStep).Select(s => ((RequestStep)s.Step, s.Problems.Field("request")));
}
