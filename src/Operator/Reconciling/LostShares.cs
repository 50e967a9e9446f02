using LoadTesting.Model.Judging;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Reconciling;

/// <summary>
/// How much of the plan is gone with lost runners: of each, the time from what is known of it to whoever took over. What is known is what this process has, which after a
/// death of the operator may be less than what the status says was heard: only what is counted is covered.
/// </summary>
internal static class LostShares
{
    /// <summary>The losses with their shares, by index, then in the order in which they happened.</summary>
    /// <param name="spec">The effective spec.</param>
    /// <param name="count">How many runners share the load.</param>
    /// <param name="losses">All of them.</param>
    /// <param name="known">Time from T0 to the last snapshot of a runner (index, incarnation) that is counted; null = there is none.</param>
    public static IReadOnlyList<LostRunner> Of(LoadTestSpec spec, int count, IReadOnlyList<LostRunnerStatus> losses, Func<int, int, Duration?> known)
    {
        var shares = new List<LostRunner>();
        foreach (var loss in losses.OrderBy(l => l.Index).ThenBy(l => l.Incarnation ?? 0))
        {
            var incarnation = loss.Incarnation ?? 0;
            var began = incarnation == 0 ? Duration.Zero : Offset(losses.FirstOrDefault(l => l.Index == loss.Index && (l.Incarnation ?? 0) == incarnation - 1)?.ResumedAfter);
            // One that never took over has nothing of its own to lose: its predecessor's share lasts to the end.
            shares.Add(new LostRunner(loss.Index, began is { } since ? Share(loss, since) : 0, loss.Cause));
        }

        return shares;

        double Share(LostRunnerStatus loss, Duration since)
        {
            var heard = known(loss.Index, loss.Incarnation ?? 0) is { } last && last > since ? last : since;
            return LostCoverage.Share(spec, loss.Index, count, heard, loss.Replaced == true ? Offset(loss.ResumedAfter) : null, since);
        }
    }

    private static Duration? Offset(string? text) => Duration.TryParse(text ?? "", out var offset) ? offset : null;
}
