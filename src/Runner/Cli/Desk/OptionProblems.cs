using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>Problems of what the command line gave: they are told of the option, not of the line of the manifest that it replaced.</summary>
internal static class OptionProblems
{
    /// <summary>The problem, at the option that it is about where it is about one.</summary>
    public static Problem Placed(Problem problem, RunOverrides overrides) => Option(problem, overrides) is { } option ? problem with { Path = option, Position = default } : problem;

    private static string? Option(Problem problem, RunOverrides given)
    {
        var path = problem.Path;
        return path switch
        {
            "spec.target" when given.Target is not null => "--target",
            "spec.runners.replicas" when given.Runners is not null => "--runners",
            "spec.profile" when !string.IsNullOrEmpty(given.Profile) => "--profile",
            "duration" or "spec.scenarios.default.duration" or "spec.scenarios.default.maxDuration" when given.Duration is not null => "--duration",
            "spec.scenarios.default.vus" when given.Vus is not null => "--vus",
            "spec.scenarios.default.iterations" when given.Iterations is not null => "--iterations",
            // As many as VUs, where only those were given.
            "spec.scenarios.default.iterations" when given.Vus is not null => "--vus",
            "spec.scenarios" when problem.Rule == SpecOverrides.Rule => problem.Message.StartsWith("--time-scale", StringComparison.Ordinal) ? "--time-scale"
                : given.Duration is not null ? "--duration" : given.Vus is not null ? "--vus" : "--iterations",
            _ when path.StartsWith("spec.env[", StringComparison.Ordinal) && path.EndsWith(".name", StringComparison.Ordinal) && problem.Value is { } name && given.Env.ContainsKey(name) => "--env",
            _ when path.StartsWith("spec.variables", StringComparison.Ordinal) && given.Variables.Keys.Any(v => path.StartsWith(SpecPath.Field("spec.variables", v), StringComparison.Ordinal)) => "--var",
            _ => null,
        };
    }
}
