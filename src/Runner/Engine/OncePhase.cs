namespace LoadTesting.Runner.Engine;

/// <summary>Parts of a test that run once per run, not per iteration.</summary>
public enum OncePhase
{
    /// <summary>Before the load; what it extracts is <c>setup.*</c> for everybody.</summary>
    Setup,

    /// <summary>After the load, also after an abort.</summary>
    Teardown,

    /// <summary>After the load; its failures fail the run.</summary>
    Verify,
}
