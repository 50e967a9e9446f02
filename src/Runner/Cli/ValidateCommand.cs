using System.CommandLine;
using LoadTesting.Model.Contract;
using LoadTesting.Runner.Cli.Desk;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest validate</c>: every problem of every file at once.</summary>
internal static class ValidateCommand
{
    public static Command Create(TimeProvider time)
    {
        var inputs = new ManifestInputs();
        var command = new Verb(
            "validate",
            "Checks manifests and prints every problem with file, line, path, value and rule. Exit code 104 when something is wrong.",
            "loadtest validate examples/quickstart.yaml",
            "loadtest validate suites/*.yaml",
            "kubectl get lt flash-sale -o yaml | loadtest validate -");
        inputs.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            var console = CommandConsole.Of(result.InvocationConfiguration);
            var tests = await DeskTests.LoadAsync(inputs, result, console, toRun: false, time, cancellation);
            if (tests is null)
            {
                return ExitCodes.InvalidManifest;
            }

            await using (tests)
            {
                foreach (var test in tests.Tests)
                {
                    await console.Output.WriteLineAsync($"{test.Title}: valid");
                    foreach (var line in test.EvaluatedLines)
                    {
                        await console.Output.WriteLineAsync(line);
                    }
                }
            }

            return ExitCodes.Passed;
        });
        return command;
    }
}
