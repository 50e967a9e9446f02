using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>A test that is ready to run at the desk: valid, compiled, its thresholds too.</summary>
/// <param name="Name">The manifest's name.</param>
/// <param name="Spec">The effective spec, overrides applied.</param>
/// <param name="Compiled">The flows.</param>
/// <param name="Thresholds">The thresholds.</param>
internal sealed record DeskTest(string Name, LoadTestSpec Spec, CompiledTest Compiled, ThresholdSet Thresholds);
