using System.CommandLine;
using System.Reflection;
using LoadTesting.Model.Contract;
using LoadTesting.Runner.Cli.Cluster;
using LoadTesting.Runner.Cli.Convert;

namespace LoadTesting.Runner.Cli;

/// <summary>The verbs of <c>loadtest</c>.</summary>
public static class CommandLine
{
    /// <summary>The product's version, e.g. <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Parses and runs one command line; returns the process' exit code.</summary>
    public static async Task<int> InvokeAsync(string[] args)
    {
        var result = Create(TimeProvider.System).Parse(args);
        if (CommandLineErrors.Of(result) is { Count: > 0 } errors)
        {
            await using var output = OutputWriter.Error();
            foreach (var error in errors)
            {
                await output.WriteLineAsync(error);
            }

            return ExitCodes.InvalidManifest;
        }

        // The verbs handle signals themselves: the first Ctrl-C stops a run gracefully, and it is still judged.
        var streams = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
            Output = OutputWriter.Output(),
            Error = OutputWriter.Error(),
        };
        try
        {
            return await result.InvokeAsync(streams);
        }
        catch (Exception defect)
        {
            // What users can cause is a sentence by now; what comes here is ours, and whoever reports it needs all of it.
            await streams.Error.WriteLineAsync($"loadtest: this is a defect of the program, please report it: {defect}");
            return ExitCodes.Error;
        }
    }

    /// <summary>The whole command tree.</summary>
    internal static RootCommand Create(TimeProvider time)
    {
        var root = new RootCommand("Runs load tests described by LoadTest manifests: at the desk with `run`, or as the generator in a Pod with `agent`.")
        {
            RunCommand.Create(time),
            ValidateCommand.Create(time),
            PlanCommand.Create(time),
            AgentCommand.Create(time),
            TargetCommand.Create(time),
            MarkCommand.Create(time),
            ClusterCommands.Rerun(time),
            ClusterCommands.Stop(),
            InitCommand.Create(time),
            ConvertCommand.Create(time),
            VersionCommand.Create(),
            CompletionCommand.Create(),
        };
        Verb.ShowExamples(root);
        return root;
    }
}
