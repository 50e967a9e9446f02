using System.CommandLine;
using System.Globalization;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Desk;
using LoadTesting.Runner.Cli.Files;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest mark</c>: tells a run at the desk that something happened.</summary>
internal static class MarkCommand
{
    public static Command Create(TimeProvider time)
    {
        var name = new Argument<string>("name") { Description = "What thresholds call it: during NAME, after NAME, recovery_time{mark:NAME}." };
        var span = new Option<string?>("--for") { Description = "The mark is a span from now on, so long.", HelpName = "duration" };
        var since = new Option<string?>("--since") { Description = "The mark is a span up to now, so long.", HelpName = "duration" };
        var run = NumberOption.CreateOptional("--run", [], 1, int.MaxValue);
        (run.Description, run.HelpName) = ("Process id of the run; needed when several run.", "pid");
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
            var (streams, runs, wanted) = (result.InvocationConfiguration, MarkFile.Runs(), result.GetValue(run));
            var meant = runs.Where(r => wanted is null || r.ProcessId == wanted).ToList();
            if (meant.Count != 1)
            {
                streams.Error.WriteLine(
                    runs.Count == 0 ? "loadtest: no run at the desk takes marks now"
                    : wanted is null ? "loadtest: several runs take marks; choose one with --run:"
                    : $"loadtest: no run {wanted} takes marks now; these do:");
                foreach (var other in runs)
                {
                    streams.Error.WriteLine($"  {other}");
                }

                return ExitCodes.Error;
            }

            var now = time.GetUtcNow();
            var (from, to) = (now - Length(result.GetValue(since)), result.GetValue(span) is { } length ? now + Length(length) : result.GetValue(since) is null ? (DateTimeOffset?)null : now);
            try
            {
                MarkFile.Append(meant[0].ProcessId, result.GetValue(name)!, from, to);
            }
            catch (Exception e) when (SystemErrors.IsFileError(e))
            {
                streams.Error.WriteLine($"loadtest: run {meant[0]} took no mark: {SystemErrors.Sentence(e)}");
                return ExitCodes.Error;
            }

            streams.Output.WriteLine($"run {meant[0]} is marked: {result.GetValue(name)} {(to is { } end ? $"from {Clock(from)} to {Clock(end)}" : $"at {Clock(from)}")}");
            return ExitCodes.Passed;
        });
        return command;
    }

    private static string Clock(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static TimeSpan Length(string? text) => Duration.TryParseWithUnit(text ?? "", out var duration) ? duration.ToTimeSpan() : TimeSpan.Zero;
}
