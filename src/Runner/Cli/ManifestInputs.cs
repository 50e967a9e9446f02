using System.CommandLine;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Cli;

/// <summary>The arguments and options that say which tests are meant and what is changed about them; shared by run, validate and plan.</summary>
internal sealed class ManifestInputs
{
    private readonly Argument<string[]> _files = new("file")
    {
        Description = "Manifests (YAML or JSON; several documents in a file are several tests). \"-\" is standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _target = new("--target", "-t")
    {
        Description = "Base URL instead of the manifest's; \"embedded\" starts the demo target.",
        HelpName = "url",
    };

    private readonly Option<string[]> _env = new("--env", "-e") { Description = "Environment variable of the test.", HelpName = "KEY=VALUE" };

    private readonly Option<string[]> _variables = new("--var", "-v")
    {
        Description = "Variable of the test; the value is read as YAML, so 5 is a number and \"5\" a string.",
        HelpName = "name=value",
    };

    private readonly Option<string> _profile = new("--profile") { Description = "Profile of the test instead of its own choice; \"\" = none.", HelpName = "name" };

    private readonly Option<string[]> _data = new("--data") { Description = "File with the rows of a feeder, instead of what the manifest names.", HelpName = "feeder=FILE" };

    private readonly Option<int?> _runners = new("--runners", "-r") { Description = "How many runners share the load.", HelpName = "n" };

    private readonly Option<double?> _timeScale = new("--time-scale") { Description = "Factor of the scenarios' times, e.g. 0.1 for a quick look at a long test.", HelpName = "factor" };

    private readonly Option<long?> _vus = new("--vus") { Description = "As in k6: replaces the scenarios.", HelpName = "n" };

    private readonly Option<string> _duration = new("--duration") { Description = "As in k6: replaces the scenarios.", HelpName = "duration" };

    private readonly Option<long?> _iterations = new("--iterations") { Description = "As in k6: replaces the scenarios.", HelpName = "n" };

    /// <summary>Whether jobs may run as processes of this machine; of commands that run tests only.</summary>
    public Option<bool> AllowJobs { get; } = new("--allow-jobs") { Description = "Run the command of job steps as a process of this machine; without it a test with jobs is refused." };

    /// <summary>Adds the arguments to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_files);
        foreach (var option in new Option[] { _profile, _target, _env, _variables, _data, _runners, _timeScale, _vus, _duration, _iterations })
        {
            command.Add(option);
        }

        foreach (var option in new[] { _env, _variables, _data })
        {
            option.Validators.Add(result =>
            {
                foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1))
                {
                    result.AddError($"{option.Aliases.FirstOrDefault(option.Name)} wants {option.HelpName}, got \"{token.Value}\"");
                }
            });
        }

        _duration.Validators.Add(result =>
        {
            // As in k6, the command line insists on a unit: "--duration 30" is a mistake more often than 30 ms.
            foreach (var token in result.Tokens.Where(t => !Duration.TryParseWithUnit(t.Value, out var d) || d <= Duration.Zero))
            {
                result.AddError($"--duration wants a time with a unit, as in 30s or 1m30s, got \"{token.Value}\"");
            }
        });
    }

    /// <summary>The files that were named.</summary>
    public IReadOnlyList<string> Files(ParseResult result) => result.GetValue(_files) ?? [];

    /// <summary>The base URL that was given; null when none was.</summary>
    public string? Target(ParseResult result) => result.GetValue(_target);

    /// <summary>Files of feeders, by the feeder's name.</summary>
    public IReadOnlyDictionary<string, string> Data(ParseResult result) => new Dictionary<string, string>(Pairs(result.GetValue(_data)), StringComparer.Ordinal);

    /// <summary>Everything else that the command line changes.</summary>
    /// <param name="result">The parsed command line.</param>
    /// <param name="readValue">Reads a variable's value.</param>
    public RunOverrides Overrides(ParseResult result, Func<string, SpecNode> readValue) => new()
    {
        Profile = result.GetValue(_profile),
        Env = new OrderedMap<string>(Pairs(result.GetValue(_env))),
        Variables = new OrderedMap<SpecNode>(Pairs(result.GetValue(_variables)).Select(p => KeyValuePair.Create(p.Key, readValue(p.Value)))),
        TimeScale = result.GetValue(_timeScale),
        Vus = result.GetValue(_vus),
        Duration = Duration.TryParse(result.GetValue(_duration) ?? "", out var duration) ? duration : null,
        Iterations = result.GetValue(_iterations),
        Runners = result.GetValue(_runners),
    };

    /// <summary>The last one given of each name counts, as everywhere on command lines.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Pairs(string[]? given) => (given ?? [])
        .Select(p => p.Split('=', 2))
        .GroupBy(p => p[0], StringComparer.Ordinal)
        .Select(g => KeyValuePair.Create(g.Key, g.Last()[1]));
}
