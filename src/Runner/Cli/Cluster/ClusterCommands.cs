using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Cli.Cluster;

/// <summary><c>loadtest rerun</c> and <c>loadtest stop</c>: what a person does most with a LoadTest in a cluster, without remembering annotations and patches.</summary>
internal static class ClusterCommands
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary><c>loadtest rerun NAME [--wait 10m]</c>.</summary>
    public static Command Rerun(TimeProvider time)
    {
        var wait = new Option<string?>("--wait")
        {
            Description = "Waits so long at most for the new run's verdict, prints it and ends with its exit code.",
            HelpName = "duration",
        };
        wait.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !Duration.TryParseWithUnit(t.Value, out var d) || d <= Duration.Zero))
            {
                result.AddError($"--wait wants a time with a unit, as in 10m, got \"{token.Value}\"");
            }
        });
        var (command, name, at) = Create(
            "rerun", "Runs a LoadTest of the cluster again, as it stands there.", "loadtest rerun checkout", "loadtest rerun checkout -n shop --wait 10m");
        command.Add(wait);
        command.SetAction(async (result, cancellation) =>
        {
            var session = new Session(at(result), result.InvocationConfiguration, cancellation);
            var test = result.GetValue(name)!;
            if (await session.StatusAsync(test) is not { } before)
            {
                return ExitCodes.Error;
            }

            // Any value that was not there before makes a run; the instant tells people when it was asked for.
            var value = $"{time.GetUtcNow():yyyy-MM-dd'T'HH.mm.ss.fff}";
            if (!await session.SayAsync(["annotate", "loadtest", test, "--overwrite", $"loadtest.dev/rerun={value}"]))
            {
                return ExitCodes.Error;
            }

            return Duration.TryParseWithUnit(result.GetValue(wait) ?? "", out var patience)
                ? await VerdictAsync(session, test, (string?)before["run"], patience.ToTimeSpan(), time)
                : ExitCodes.Passed;
        });
        return command;
    }

    /// <summary><c>loadtest stop NAME</c>.</summary>
    public static Command Stop()
    {
        var (command, name, at) = Create(
            "stop", "Stops the run of a LoadTest of the cluster: it is wound up and its verdict is Aborted.", "loadtest stop checkout", "loadtest stop checkout -n shop");
        command.SetAction(async (result, cancellation) =>
        {
            var session = new Session(at(result), result.InvocationConfiguration, cancellation);
            var test = result.GetValue(name)!;
            if (await session.StatusAsync(test) is not { } status)
            {
                return ExitCodes.Error;
            }

            if ((string?)status["run"] is not { } run || (string?)status["phase"] == "Finished")
            {
                result.InvocationConfiguration.Error.WriteLine($"loadtest: {test} has no run in progress");
                return ExitCodes.Error;
            }

            return await session.SayAsync(["patch", "loadtestrun", run, "--type=merge", "-p", """{"spec":{"abort":true}}"""]) ? ExitCodes.Passed : ExitCodes.Error;
        });
        return command;
    }

    private static async Task<int> VerdictAsync(Session session, string test, string? before, TimeSpan patience, TimeProvider time)
    {
        var began = time.GetTimestamp();
        JsonNode? seen = null;
        while (time.GetElapsedTime(began) < patience)
        {
            await Task.Delay(Beat, time, session.Cancellation);
            seen = await session.StatusAsync(test) ?? seen;
            if ((string?)seen?["run"] is { } run && run != before && (string?)seen["phase"] == "Finished" && Enum.TryParse((string?)seen["verdict"], out Verdict verdict))
            {
                session.Output.WriteLine($"{run}: {verdict} {(string?)seen["reason"]}: {(string?)seen["message"]}");
                return ExitCodes.OfGate(verdict, (string?)seen["reason"]);
            }
        }

        session.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"loadtest: no verdict of a new run of {test} within {patience.TotalSeconds:0.###} s; last seen: run {(string?)seen?["run"] ?? "none"}, phase {(string?)seen?["phase"] ?? "none"}"));
        return ExitCodes.Error;
    }

    private static (Command Command, Argument<string> Name, Func<ParseResult, Kubectl> At) Create(string verb, string what, params string[] examples)
    {
        var name = new Argument<string>("name") { Description = "The LoadTest." };
        var space = new Option<string?>("--namespace", "-n") { Description = "Its namespace; without it the context's." };
        var context = new Option<string?>("--context") { Description = "kubeconfig context; without it the current one." };
        return (new Verb(verb, $"{what} Needs kubectl.", examples) { name, space, context }, name, result => new(result.GetValue(space), result.GetValue(context)));
    }

    /// <summary>One command's talk with the cluster; what kubectl complains of, the user reads.</summary>
    private sealed class Session(Kubectl kubectl, InvocationConfiguration streams, CancellationToken cancellation)
    {
        public CancellationToken Cancellation => cancellation;

        public TextWriter Output => streams.Output;

        public TextWriter Error => streams.Error;

        /// <summary>The status of a LoadTest, empty before the operator looked; null when it cannot be read.</summary>
        public async Task<JsonNode?> StatusAsync(string test) =>
            await RunAsync(["get", "loadtest", test, "-o", "json"]) is { } text ? JsonNode.Parse(text)!["status"] ?? new JsonObject() : null;

        /// <summary>Whether kubectl did it; its words are printed.</summary>
        public async Task<bool> SayAsync(string[] arguments)
        {
            if (await RunAsync(arguments) is not { } text)
            {
                return false;
            }

            Output.Write(text);
            return true;
        }

        private async Task<string?> RunAsync(string[] arguments)
        {
            switch (await kubectl.RunAsync(arguments, cancellation))
            {
                case null:
                    Error.WriteLine("loadtest: there is no kubectl on PATH");
                    return null;
                case { Code: not 0 } failed:
                    Error.Write(failed.Error);
                    return null;
                case { } done:
                    return done.Output;
            }
        }
    }
}
