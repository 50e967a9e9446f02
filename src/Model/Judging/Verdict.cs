namespace LoadTesting.Model.Judging;

/// <summary>The outcome of a run. Only <see cref="Passed"/> opens a gate.</summary>
public enum Verdict
{
    /// <summary>The planned load was delivered and measured, every threshold held, and <c>verify</c> succeeded; the test has at least one of the two.</summary>
    Passed,

    /// <summary>
    /// The planned load was delivered and measured, and the test has nothing to judge it by: neither thresholds nor <c>verify</c>. Opens no gate.
    /// </summary>
    Unjudged,

    /// <summary>It is proven that the target did not meet the test: a threshold is broken, or <c>verify</c> failed.</summary>
    Failed,

    /// <summary>The test itself cannot be trusted: data is missing, or the load was not delivered. Says nothing about the target.</summary>
    Invalid,

    /// <summary>Somebody stopped the run.</summary>
    Aborted,

    /// <summary>The test could not be carried out: setup failed, runners did not start, or the tool broke.</summary>
    Error,
}
