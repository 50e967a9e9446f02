namespace LoadTesting.Runner.Engine;

/// <summary>Where a worker is at one moment.</summary>
/// <param name="Elapsed">Since the start; negative before it, zero when it is not known yet.</param>
/// <param name="Scenarios">In the order of the plan.</param>
public sealed record EngineProgress(TimeSpan Elapsed, IReadOnlyList<ScenarioProgress> Scenarios);

/// <summary>Where a scenario is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Executor">Its executor.</param>
/// <param name="State">What it does.</param>
/// <param name="Fraction">How much is done, 0…1: of the iterations where they are counted, else of the time.</param>
/// <param name="ActiveVUs">VUs at work; in arrival-rate executors those that run an iteration.</param>
/// <param name="MaxVUs">Most VUs it may have.</param>
/// <param name="Started">Iterations begun.</param>
/// <param name="Completed">Iterations that came to their end.</param>
/// <param name="Dropped">Planned iterations that could not begin.</param>
/// <param name="Interrupted">Iterations cut off.</param>
public sealed record ScenarioProgress(
    string Name, string Executor, ScenarioState State, double Fraction, int ActiveVUs, int MaxVUs, long Started, long Completed, long Dropped, long Interrupted);
