using System.CommandLine;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Lifecycle;

namespace LoadTesting.Operator.Hosting;

/// <summary>The options of <see cref="RunDeadlines"/>: durations as in manifests, e.g. <c>90s</c>, <c>10m</c>.</summary>
internal sealed class DeadlineOptions(Func<string, string?> variable)
{
    private static readonly RunDeadlines Standard = new();

    private readonly Option<string> _queue = Create(variable, "queue", Standard.Queue, "How long a run waits for other runs of its test");
    private readonly Option<string> _obstacle = Create(variable, "obstacle", Standard.Obstacle, "How long an image, a full cluster, a quota or a missing Secret may keep runners and jobs from starting");
    private readonly Option<string> _ready = Create(variable, "ready", Standard.Ready, "How long runners may take until all are ready");
    private readonly Option<string> _setup = Create(variable, "setup", Standard.Setup, "How long setup may take, without its jobs");
    private readonly Option<string> _evaluate = Create(variable, "evaluate", Standard.Evaluate, "How long verify, teardown and the evidence may take together, without jobs");

    /// <summary>All of them.</summary>
    public IEnumerable<Option<string>> All => [_queue, _obstacle, _ready, _setup, _evaluate];

    /// <summary>What was asked for, by the same rules as <c>spec.deadlines</c>.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    public RunDeadlines Read(ParseResult result, ICollection<string> problems)
    {
        var deadlines = Standard.With(new DeadlinesSpec
        {
            Queue = Value(_queue),
            Obstacle = Value(_obstacle),
            Ready = Value(_ready),
            Setup = Value(_setup),
            Evaluate = Value(_evaluate),
        });
        if (deadlines.Ready < deadlines.Obstacle)
        {
            problems.Add($"{_ready.Name} must not be shorter than {_obstacle.Name}");
        }

        return deadlines;

        Duration? Value(Option<string> option)
        {
            var text = result.GetValue(option);
            if (string.IsNullOrEmpty(text))
            {
                return null;
            }

            if (Duration.TryParse(text, out var time) && time > Duration.Zero && time.ToTimeSpan() <= TimeSpan.FromDays(7))
            {
                return time;
            }

            problems.Add($"{option.Name}: '{text}' is no duration of more than 0 and at most 168h, such as 90s or 10m");
            return null;
        }
    }

    private static Option<string> Create(Func<string, string?> variable, string name, TimeSpan standard, string what)
    {
        var environment = $"LOADTEST_{name.ToUpperInvariant()}_TIMEOUT";
        return new Option<string>($"--{name}-timeout")
        {
            Description = $"{what} ({environment}); {new Duration(standard.Ticks * 100)} without it. A test's spec.deadlines.{name} wins.",
            DefaultValueFactory = _ => variable(environment) ?? "",
        };
    }
}
