using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Thresholds are checked where they are understood: by judging.</summary>
internal static class ThresholdChecks
{
    public static void Check(LoadTestSpec spec, ProblemList problems) => ThresholdRules.Compile(spec, problems.Field("thresholds").Path, problems.All);
}
