using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>A test that is ready to run at the desk: valid, compiled, its thresholds too.</summary>
/// <param name="Name">The manifest's name.</param>
/// <param name="Spec">The effective spec, overrides applied.</param>
/// <param name="Compiled">The flows.</param>
/// <param name="Thresholds">The thresholds.</param>
internal sealed record DeskTest(string Name, LoadTestSpec Spec, CompiledTest Compiled, ThresholdSet Thresholds)
{
    /// <summary>Runs its jobs.</summary>
    public required IJobHost Jobs { get; init; }

    /// <summary>The profile that was laid over the manifest's spec; null when none was.</summary>
    public string? Profile { get; init; }

    /// <summary>The load numbers that were expressions, with what they came to.</summary>
    public IReadOnlyList<EvaluatedValue> Evaluated { get; init; } = [];

    /// <summary>Lines that say what expressions came to, e.g. <c>  spec.scenarios.load.rate = 200, from ${env.RATE}</c>.</summary>
    public IEnumerable<string> EvaluatedLines => Evaluated.Select(e => $"  {e.Path} = {e.Value}, from {e.Expression}");

    /// <summary>The name as people see it, e.g. <c>checkout (profile smoke)</c>.</summary>
    public string Title => Profile is null ? Name : $"{Name} (profile {Profile})";
}
