using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Agent;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.Runner.Data;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli;

/// <summary><c>loadtest agent</c>: one runner of a run, hosted for an operator (or for a person with curl).</summary>
internal static class AgentCommand
{
    public static Command Create(TimeProvider time)
    {
        var plan = new Option<string>("--plan") { Description = $"The test's manifest, the same file for all runners ({AgentContract.PlanFileVariable}).", HelpName = "file" };
        var index = NumberOption.CreateOptional("--index", [], 0, 9_999);
        (index.Description, index.HelpName) = ($"This runner's number from 0 ({AgentContract.IndexVariable}).", "i");
        var count = NumberOption.CreateOptional("--count", [], 1, 10_000);
        (count.Description, count.HelpName) = ($"How many runners there are ({AgentContract.CountVariable}).", "n");
        var port = NumberOption.CreateOptional("--port", ["-p"], 0, NumberOption.HighestPort);
        (port.Description, port.HelpName) = ($"Port; 0 picks a free one ({AgentContract.PortVariable}, {AgentContract.DefaultPort}).", "port");
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = _ => "0.0.0.0" };
        var token = new Option<string>("--token-file") { Description = $"File with the bearer token of the verbs ({AgentContract.TokenFileVariable}).", HelpName = "file" };
        var run = new Option<string>("--run-id") { Description = $"The run's unique id ({AgentContract.RunIdVariable}).", HelpName = "id" };
        var command = new Verb(
            "agent",
            "Hosts one runner's share of a test: /healthz /readyz /metrics, and with the bearer token /plan /setup /start /stop /verify /teardown /ack. docs/agent.md shows two by hand.",
            "loadtest agent --plan test.yaml --index 0 --count 2 --token-file token --run-id try-1 --listen 127.0.0.1 --port 7000")
        {
            plan, index, count, port, listen, token, run,
        };
        command.SetAction(async (result, cancellation) =>
        {
            var given = new Dictionary<string, string?>
            {
                [AgentContract.PlanFileVariable] = result.GetValue(plan),
                [AgentContract.IndexVariable] = Text(result.GetValue(index)),
                [AgentContract.CountVariable] = Text(result.GetValue(count)),
                [AgentContract.PortVariable] = Text(result.GetValue(port)),
                [AgentContract.TokenFileVariable] = result.GetValue(token),
                [AgentContract.RunIdVariable] = result.GetValue(run),
            };
            var (options, problems) = AgentOptions.Read(name => given.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name), ReadFile);
            if (!IPAddress.TryParse(result.GetValue(listen), out var address))
            {
                problems = [.. problems, $"--listen wants an IP address, got \"{result.GetValue(listen)}\""];
            }

            var error = result.InvocationConfiguration.Error;
            foreach (var problem in problems)
            {
                await error.WriteLineAsync($"loadtest agent: {problem}");
            }

            return options is null || problems.Count > 0
                ? ExitCodes.InvalidManifest
                : await ServeAsync(options with { Listen = address! }, result.InvocationConfiguration, time, cancellation);
        });
        return command;
    }

    private static async Task<int> ServeAsync(AgentOptions options, InvocationConfiguration streams, TimeProvider time, CancellationToken cancellation)
    {
        var file = ReadPlan(options);
        var problems = new List<Problem>(file.Problems);
        var manifest = file.Documents.Count > 0 ? file.Documents[0].Validate() : null;
        problems.AddRange(manifest?.Problems ?? []);
        if (manifest is null && problems.Count == 0)
        {
            problems.Add(new Problem("", "no-test", "there is no LoadTest in this file"));
        }

        CompiledTest? test = null;
        if (manifest?.Value is { } valid)
        {
            var environment = DeskEnvironment.Resolve(valid.Spec.Env, Environment.GetEnvironmentVariable, problems);
            var rows = FeederFiles.Load(valid.Spec, feeder => FeederFiles.InPod(feeder, Environment.GetEnvironmentVariable), problems);
            problems.AddRange(InputRules.Check(valid.Spec, new KnownInputs { Env = environment.Keys.ToArray(), Columns = FeederFiles.Columns(rows) }).Select(valid.Place));
            var compilation = CompiledTest.Compile(valid.Spec, environment, rows, folder: Path.GetDirectoryName(Path.GetFullPath(options.PlanFile)));
            problems.AddRange(compilation.Problems);
            test = compilation.Test;
        }

        await streams.Error.WriteAsync(ProblemPrinter.Print(file.Source, problems));
        if (test is null || problems.Any(p => !p.IsWarning))
        {
            // The operator shows the last line of a runner's log.
            var errors = problems.Where(p => !p.IsWarning).ToList();
            var first = errors.Count == 0 ? "it could not be compiled" : errors[0].Path.Length == 0 ? errors[0].Message : $"{errors[0].Path}: {errors[0].Message}";
            await streams.Error.WriteLineAsync($"The test cannot be run: {first}{(errors.Count > 1 ? $" (and {errors.Count - 1} more, see the runner's log)" : "")}");
            return ExitCodes.InvalidManifest;
        }

        var log = new LineLogger(streams.Output, "runner");
        var share = Planner.PlanWorker(test.Spec, options.Index, options.Count);
        await using var workload = new EngineWorkload(
            share, test, new EngineOptions { Time = time, Log = log }, options.Incarnation);
        using var run = new AgentRun(workload, options, time, new RunJournal(log, share, time));
        using var signals = new StopSignals();
        try
        {
            await using var server = await AgentServer.StartAsync(options, run, time, cancellation);
            await streams.Output.WriteLineAsync($"runner {options.Index} of {options.Count} of run {options.RunId} on {server.Url}{(server.ScrapeUrl is { } scraped ? $", metrics on {scraped}" : "")}");
            await streams.Output.FlushAsync(cancellation);
            await run.ExecuteAsync(signals.Graceful);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await streams.Error.WriteLineAsync($"loadtest agent: {ListenErrors.Sentence(e, options.Listen, options.Port)}");
            return ExitCodes.Error;
        }

        // The verdict is the operator's: whatever the load brought, an agent that did its work ends well.
        return ExitCodes.Passed;
    }

    /// <summary>The manifest: a file, or the compressed parts of one.</summary>
    private static ManifestFile ReadPlan(AgentOptions options)
    {
        if (options.PlanParts == 0)
        {
            return ManifestReader.ReadFile(options.PlanFile);
        }

        try
        {
            var parts = Enumerable.Range(0, options.PlanParts).Select(i => File.ReadAllBytes(PlanFiles.PartName(options.PlanFile, i)));
            using var plan = new MemoryStream(PlanFiles.Join(parts));
            return ManifestReader.ReadStream(PlanFiles.Plain, plan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new ManifestFile(new ManifestSource(options.PlanFile, ""), [], [new Problem("", "file", $"the plan cannot be read: {e.Message.TrimEnd('.')}")]);
        }
    }

    private static string? Text(int? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
