namespace LoadTesting.Runner.Engine;

/// <summary>A sequential worker: what executors hand iterations to. Runs one at a time.</summary>
internal interface IVirtualUser : IAsyncDisposable
{
    /// <summary>Runs one iteration of a scenario and counts its end; never throws.</summary>
    /// <param name="iteration">What to run.</param>
    /// <param name="interrupt">Cuts the iteration off at once.</param>
    ValueTask<StepsEnd> RunAsync(Iteration iteration, CancellationToken interrupt);
}

/// <summary>One iteration that an executor starts.</summary>
/// <param name="Scenario">Index of the scenario in the worker's plan.</param>
/// <param name="Number">0-based number within the scenario over all runners.</param>
/// <param name="IntendedAt">When an open model wanted it to start, in nanoseconds of the engine's clock; null in closed models, which have no such instant.</param>
/// <param name="Tally">Where its end is counted.</param>
internal readonly record struct Iteration(int Scenario, long Number, long? IntendedAt, ScenarioTally Tally);
