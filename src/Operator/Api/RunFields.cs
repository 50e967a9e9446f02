using LoadTesting.Model.Validation;

namespace LoadTesting.Operator.Api;

/// <summary>
/// The fields of a LoadTestRun's spec. The API server keeps others, so that whoever misspelt <c>target</c> hears of it instead of loading the test's own one.
/// </summary>
internal static class RunFields
{
    private static readonly string[] OfSpec = ["loadTestRef", "snapshot", "profile", "variables", "target", "abort"];
    private static readonly string[] OfReference = ["name"];

    /// <summary>One problem for each field that there is none of.</summary>
    /// <param name="spec">Names of the spec's fields.</param>
    /// <param name="reference">Names of the fields of loadTestRef.</param>
    public static IEnumerable<Problem> Check(IEnumerable<string> spec, IEnumerable<string> reference) =>
    [
        .. spec.Except(OfSpec, StringComparer.Ordinal).Select(f => UnknownFields.Of("spec", $"spec.{f}", f, OfSpec)),
        .. reference.Except(OfReference, StringComparer.Ordinal).Select(f => UnknownFields.Of("spec.loadTestRef", $"spec.loadTestRef.{f}", f, OfReference)),
    ];
}
