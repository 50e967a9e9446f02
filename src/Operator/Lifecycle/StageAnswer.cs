namespace LoadTesting.Operator.Lifecycle;

/// <summary>What is known of a stage that runs once (setup, verify, teardown).</summary>
public enum StageAnswer
{
    /// <summary>The test has no such stage.</summary>
    None,

    /// <summary>Not answered yet; asking again is harmless, because the agent repeats its answer.</summary>
    Awaited,

    /// <summary>Answered with ok.</summary>
    Succeeded,

    /// <summary>Answered with a failure.</summary>
    Failed,
}
