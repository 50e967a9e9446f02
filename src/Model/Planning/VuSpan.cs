using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Planning;

/// <summary>
/// One turn of a VU under ramping-vus: it begins iterations within [Start, GracefulStop). The iteration then in flight is cut off at
/// HardStop, unless the VU's next turn has begun by then (Start ≤ HardStop): then it goes on under the next turn.
/// </summary>
/// <param name="Start">From the scenario's start.</param>
/// <param name="GracefulStop">≥ Start.</param>
/// <param name="HardStop">≥ GracefulStop.</param>
public readonly record struct VuSpan(Duration Start, Duration GracefulStop, Duration HardStop);
