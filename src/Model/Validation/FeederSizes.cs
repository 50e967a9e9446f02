using System.Globalization;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>Whether a feeder has the rows that the plan needs: asked at validation where they stand in the manifest, else as soon as they were read.</summary>
public static class FeederSizes
{
    /// <summary>Why the rows are too few; null when they are enough.</summary>
    /// <param name="spec">Its scenarios must be valid.</param>
    /// <param name="feeder">One of its feeders.</param>
    /// <param name="rows">How many rows the feeder has.</param>
    public static string? TooFew(LoadTestSpec spec, FeederSpec feeder, long rows)
    {
        if (rows == 0)
        {
            return $"the feeder '{feeder.Name}' has no rows, and can feed nobody";
        }

        if (feeder.OnExhausted == ExhaustionPolicy.Wrap || FeederShare.Needed(spec, feeder) is var needed && needed <= rows)
        {
            return null;
        }

        var who = feeder.Per == DataScope.Vu ? "VU" + (spec.Runners.Replicas > 1 ? " (several runners leave out numbers of VUs)" : "") : "planned iteration";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the unique feeder '{feeder.Name}' has {rows} row{(rows == 1 ? "" : "s")}, and the plan needs {needed}, one for each {who}: give it more rows, plan less, or say onExhausted: wrap");
    }
}
