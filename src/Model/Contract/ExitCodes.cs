using LoadTesting.Model.Judging;

namespace LoadTesting.Model.Contract;

/// <summary>
/// Exit codes of <c>loadtest</c>. 0, 99, 104, 105 and 108 mean what they mean in k6; 97–110 are k6's, so ours start above, and below the shell's (126 and up).
/// <list type="table">
/// <listheader><term>code</term><description>meaning</description></listheader>
/// <item><term>0</term><description>verdict Passed or Unjudged, or a command that judges nothing (validate, plan, version)</description></item>
/// <item><term>99</term><description>verdict Failed: thresholds broken (also by abort), or verify failed</description></item>
/// <item><term>104</term><description>invalid manifest or command line; nothing was run</description></item>
/// <item><term>105</term><description>verdict Aborted: stopped by a person or a signal</description></item>
/// <item><term>108</term><description>verdict Aborted: a step of the test stopped the run (<c>abort</c>)</description></item>
/// <item><term>111</term><description>verdict Invalid: the test cannot be trusted</description></item>
/// <item><term>112</term><description>verdict Error: the test could not be carried out</description></item>
/// </list>
/// </summary>
public static class ExitCodes
{
    /// <summary>Passed, or nothing was judged.</summary>
    public const int Passed = 0;

    /// <summary>Failed; k6's "thresholds have failed".</summary>
    public const int Failed = 99;

    /// <summary>Manifest or command line not valid; k6's "invalid configuration".</summary>
    public const int InvalidManifest = 104;

    /// <summary>Stopped by a person or a signal; k6's "aborted from outside".</summary>
    public const int Aborted = 105;

    /// <summary>Stopped by a step of the test; k6's <c>test.abort()</c>.</summary>
    public const int AbortedByTest = 108;

    /// <summary>Verdict Invalid.</summary>
    public const int Invalid = 111;

    /// <summary>Verdict Error.</summary>
    public const int Error = 112;

    /// <summary>The code of one verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="reason">One of <see cref="Reasons"/>: who aborted a run makes a difference. Null = not known.</param>
    public static int Of(Verdict verdict, string? reason = null) => verdict switch
    {
        // As in k6: a run without thresholds is used to look at numbers. It opens no gate in a cluster.
        Verdict.Passed or Verdict.Unjudged => Passed,
        Verdict.Aborted when reason == Reasons.AbortedByTest => AbortedByTest,
        Verdict.Failed => Failed,
        Verdict.Invalid => Invalid,
        Verdict.Aborted => Aborted,
        _ => Error,
    };

    /// <summary>
    /// The code of a run of a cluster that a script waits for: that of <see cref="Of"/>, but only Passed is 0, as only Passed makes the resource
    /// <c>Succeeded</c>.
    /// </summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="reason">As in <see cref="Of"/>.</param>
    public static int OfGate(Verdict verdict, string? reason = null) => verdict == Verdict.Unjudged ? Invalid : Of(verdict, reason);

    /// <summary>
    /// The code of several runs in one command: that of the weightiest verdict, Failed before Error, Invalid, Aborted, and Unjudged like Passed, because a
    /// proven fault of the target must not hide behind a test that could not run. Passed when there was none.
    /// </summary>
    public static int OfAll(IEnumerable<(Verdict Verdict, string? Reason)> outcomes)
    {
        Verdict[] byWeight = [Verdict.Failed, Verdict.Error, Verdict.Invalid, Verdict.Aborted];
        return outcomes.Where(o => byWeight.Contains(o.Verdict)).OrderBy(o => Array.IndexOf(byWeight, o.Verdict)).Select(o => Of(o.Verdict, o.Reason)).FirstOrDefault(Passed);
    }
}
