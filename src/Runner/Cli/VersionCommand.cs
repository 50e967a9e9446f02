using System.CommandLine;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Verb("version", "Prints the version and the runtime it runs on.", "loadtest version");
        command.SetAction(result =>
            result.InvocationConfiguration.Output.WriteLine(
                $"loadtest {CommandLine.Version} ({System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, "
                + $"{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier})"));
        return command;
    }
}
