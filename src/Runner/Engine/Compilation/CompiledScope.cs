using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Runner.Engine.Data;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>Where steps run: a scenario, or one of the parts that run once.</summary>
/// <param name="Id">0-based number in the whole test.</param>
/// <param name="Name">The scenario's name; empty for parts that run once.</param>
/// <param name="Tags">Tags of every sample.</param>
/// <param name="Env">Value of <c>env</c>.</param>
/// <param name="Scenario">Value of <c>scenario</c>.</param>
/// <param name="Mix">What iterations run.</param>
/// <param name="IsOpen">Whether iterations have intended instants.</param>
internal sealed record CompiledScope(int Id, string Name, TagSet Tags, CelValue Env, CelValue Scenario, FlowMix Mix, bool IsOpen)
{
    /// <summary>Whether it is load; else it runs once.</summary>
    public bool IsScenario => Name.Length > 0;

    /// <summary>Keeps secrets out of names that are made of what the target sends.</summary>
    public SecretMask Secrets { get; init; } = SecretMask.None;

    /// <summary>The feeders' rows.</summary>
    public RowSources Rows { get; init; } = RowSources.None;
}
