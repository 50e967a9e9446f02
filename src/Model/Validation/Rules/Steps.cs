using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>All steps of a test with their places, those inside of other steps too.</summary>
internal static class Steps
{
    public static IEnumerable<(StepSpec Step, ProblemList Problems)> All(LoadTestSpec spec, ProblemList problems) =>
        StepTree.All(spec, problems.Path).Select(p => (p.Step, problems with { Path = p.Path }));

    public static IEnumerable<(RequestStep Request, ProblemList Problems)> Requests(LoadTestSpec spec, ProblemList problems) =>
        All(spec, problems).Where(s => s.Step is RequestStep).Select(s => ((RequestStep)s.Step, s.Problems.Field("request")));

    /// <summary>Everything that records a custom metric: requests, and steps that do nothing else.</summary>
    public static IEnumerable<(RecordSpec Record, ProblemList Problems)> Records(LoadTestSpec spec, ProblemList problems) => All(spec, problems).SelectMany(s => s.Step switch
    {
        RequestStep request => Of(request.Record, s.Problems.Field("request").Field("record")),
        RecordStep record => Of(record.Samples, s.Problems.Field("record")),
        _ => [],
    });

    private static IEnumerable<(RecordSpec, ProblemList)> Of(IReadOnlyList<RecordSpec> records, ProblemList list) => records.Select((r, i) => (r, list.Item(i)));
}
