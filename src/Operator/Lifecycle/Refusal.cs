using LoadTesting.Model.Judging;

namespace LoadTesting.Operator.Lifecycle;

/// <summary>Why the API server made no Pod.</summary>
internal static class Refusal
{
    /// <summary>The reason for a run whose Pod was refused.</summary>
    /// <param name="message">What the API server said. A quota answers 403 as every admission does; only its words tell it (plugin/pkg/admission/resourcequota: "exceeded quota: NAME, …").</param>
    public static string Reason(string? message) =>
        message?.Contains("exceeded quota", StringComparison.Ordinal) == true ? Reasons.QuotaExceeded : Reasons.PodRefused;
}
