using System.CommandLine;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Desk;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest mark</c>: tells a run at the desk that something happened.</summary>
internal static class MarkCommand
{
    public static Command Create(TimeProvider time)
    {
        var name = new Argument<string>("name") { Description = "What thresholds call it: during NAME, after NAME, recovery_time{mark:NAME}." };
        var span = new Option<string?>("--for") { Description = "The mark is a span from now on, so long.", HelpName = "duration" };
        var since = new Option<string?>("--since") { Description = "The mark is a span up to now, so long.", HelpName = "duration" };
        var run = new Option<int?>("--run") { Description = "Process id of the run; needed when several run.", HelpName = "pid" };
        foreach (var option in new[] { span, since })
        {
            option.Validators.Add(result =>
            {
                foreach (var token in result.Tokens.Where(t => !Duration.TryParseWithUnit(t.Value, out var d) || d <= Duration.Zero))
                {
                    result.AddError($"{option.Name} wants a time with a unit, as in 30s, got \"{token.Value}\"");
                }
            });
        }

        name.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !RunMark.IsValidName(t.Value)))
            {
                result.AddError($"\"{token.Value}\" is no name for a mark: letters, digits, '-', '_' and '.', at most 63");
            }
        });
        var command = new Verb(
            "mark",
            "Tells a run at the desk that something happened (a deploy, a node killed), so that thresholds can look at the time during and after it.",
            "loadtest mark kill-node",
            "loadtest mark deploy --for 30s")
        {
            name, span, since, run,
        };
        command.SetAction(result =>
        {
            var error = result.InvocationConfiguration.Error;
            var runs = MarkFile.Runs;
            if (result.GetValue(run) is { } wanted ? !runs.Contains(wanted) : runs.Count != 1)
            {
                error.WriteLine(runs.Count == 0 ? "loadtest: no run at the desk takes marks now" : $"loadtest: choose a run with --run: {string.Join(", ", runs)}");
                return ExitCodes.Error;
            }

            var now = time.GetUtcNow();
            var (from, to) = (now - Length(result.GetValue(since)), result.GetValue(span) is { } length ? now + Length(length) : result.GetValue(since) is null ? (DateTimeOffset?)null : now);
            MarkFile.Append(result.GetValue(run) ?? runs[0], result.GetValue(name)!, from, to);
            return ExitCodes.Passed;
        });
        return command;
    }

    private static TimeSpan Length(string? text) => Duration.TryParseWithUnit(text ?? "", out var duration) ? duration.ToTimeSpan() : TimeSpan.Zero;
}
