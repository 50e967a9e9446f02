using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>All steps of a test with their places, those inside of other steps too.</summary>
internal static class Steps
{
    public static IEnumerable<(StepSpec Step, ProblemList Problems)> All(LoadTestSpec spec, ProblemList problems) =>
        StepTree.All(spec, problems.Path).Select(p => (p.Step, problems with { Path = p.Path }));

    public static IEnumerable<(RequestStep Request, ProblemList Problems)> Requests(LoadTestSpec spec, ProblemList problems) =>
        All(spec, problems).Where(s => s.Step is RequestStep).Select(s => ((RequestStep)s.Step, s.Problems.Field("request")));
}
