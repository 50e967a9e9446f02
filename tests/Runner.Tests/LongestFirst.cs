using Xunit.Abstractions;

namespace LoadTesting.Runner.Tests;

/// <summary>Starts the classes that take a minute first, so that the others run beside them and nobody waits for them at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public const string Name = "LoadTesting.Runner.Tests.LongestFirst";
    public const string Assembly = "LoadTesting.Runner.Tests";

    private static readonly string[] Long = [nameof(Desk.OmissionTests), nameof(Hunt.FalseGreenHunt), nameof(Desk.StarterTests), nameof(Desk.OracleCountTests), nameof(Desk.UnobservedTests), nameof(Agent.AgentProcessTests), nameof(Desk.VerdictTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(c => Array.FindIndex(Long, name => c.DisplayName.EndsWith($".{name}", StringComparison.Ordinal)) is var at and >= 0 ? at : Long.Length);
}
