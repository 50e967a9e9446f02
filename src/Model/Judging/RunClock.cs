using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging;

/// <summary>How long the load has lasted when thresholds are evaluated.</summary>
/// <param name="Load">
/// From the start of the load (T0) to now, or in the final evaluation to the end of the last iteration. Setup and teardown are not in it. Both the time that a counter's
/// <c>rate</c> is per, and what <c>abort after</c> and delayAbortEval are compared with (k6 counts both from before setup). ≥ 0.
/// </param>
/// <param name="IsFinal">The data is complete: what has no samples now never will.</param>
public readonly record struct RunClock(Duration Load, bool IsFinal);
