namespace LoadTesting.Runner.Engine;

/// <summary>Where a scenario is.</summary>
public enum ScenarioState
{
    /// <summary>Its start time has not come.</summary>
    Waiting,

    /// <summary>Iterations start.</summary>
    Running,

    /// <summary>None starts any more; those in flight end within the graceful stop.</summary>
    Stopping,

    /// <summary>Over.</summary>
    Finished,
}
