using LoadTesting.Metrics;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>What a threshold found where it looked.</summary>
/// <param name="Value">The samples; null when there are none, or when the number does not come from one value.</param>
/// <param name="Observed">The number in the metric's unit, +∞ where there was no answer; null when there is none.</param>
/// <param name="Where">Which part of the run it comes from, e.g. <c>in seconds 12 to 41</c>; null = the whole.</param>
/// <param name="Note">Why there is no number, or why it holds or not whatever it is; null = nothing to say.</param>
/// <param name="IsBroken">Broken whatever the number: what should have happened did not.</param>
/// <param name="IsInDoubt">The threshold holds only because samples without an answer are not in the number: <see cref="Unanswered"/>.</param>
internal readonly record struct Measured(SeriesValue? Value, double? Observed, string? Where = null, string? Note = null, bool IsBroken = false, bool IsInDoubt = false);
