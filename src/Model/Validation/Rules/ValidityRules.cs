using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Limits of <c>validity</c> within their ranges; <c>warmUp</c> and <c>baseline</c> too.</summary>
internal static class ValidityRules
{
    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var validity = spec.Validity;
        var list = problems.Field("validity");
        foreach (var (name, share) in new[]
        {
            ("deliveredRatio", validity.DeliveredRatio), ("maxTaintedSeconds", validity.MaxTaintedSeconds), ("maxGeneratorCpu", validity.MaxGeneratorCpu),
            ("maxThrottled", validity.MaxThrottled), ("minCoverage", validity.MinCoverage), ("observedRatio", validity.ObservedRatio),
        })
        {
            if (!(share.Value is >= 0 and <= 1))
            {
                list.Field(name).Add(ProblemRules.Range, $"{name} is a share from 0 to 1 (or 0% to 100%)", share.ToString());
            }
        }

        foreach (var (name, time) in new[] { ("maxSendLag", validity.MaxSendLag), ("maxStall", validity.MaxStall), ("maxStartSkew", validity.MaxStartSkew) })
        {
            if (time <= Duration.Zero)
            {
                list.Field(name).Add(ProblemRules.Range, $"{name} must be longer than 0", time.ToString());
            }
        }

        if (spec.Baseline is { } baseline && string.IsNullOrEmpty(baseline.Run) != baseline.LastPassed)
        {
            problems.Field("baseline").Add("baseline", "a baseline is either a run by name (run) or the last one that passed (lastPassed: true)", baseline.Run);
        }

        if (spec.WarmUp < Duration.Zero)
        {
            problems.Field("warmUp").Add(ProblemRules.Range, "warmUp cannot be negative", spec.WarmUp.ToString());
        }
    }
}
