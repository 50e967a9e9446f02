using System.CommandLine;
using System.Net;
using System.Text.Json;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.Runner.Target;
using LoadTesting.TestKit;

namespace LoadTesting.Suites.Tests;

/// <summary>Runs an example, scaled, against a simulated system of its own, through the same command line that users type.</summary>
public static class Suite
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>The folder of the examples.</summary>
    public static string Folder => Path.Combine(RepositoryPaths.Root, "examples");

    /// <summary>Runs it.</summary>
    /// <param name="example">Path below <c>examples</c>.</param>
    /// <param name="scaling">How it is made short and small.</param>
    /// <param name="behaviour">How the simulated system behaves; its latencies are scaled like the limits.</param>
    /// <param name="arguments">More arguments of <c>loadtest run</c>.</param>
    public static async Task<SuiteRun> RunAsync(string example, Scaling scaling, TargetBehaviour behaviour, params string[] arguments)
    {
        await using var target = await TargetServer.StartAsync(
            IPAddress.Loopback, 0, TimeProvider.System, behaviour with { LatencyFactor = behaviour.LatencyFactor * scaling.Latency });
        var folder = Directory.CreateTempSubdirectory("loadtest-suite-");
        try
        {
            var original = Path.Combine(Folder, example);
            var file = Path.Combine(folder.FullName, Path.ChangeExtension(Path.GetFileName(example), ".json"));
            var report = Path.Combine(folder.FullName, "report.json");
            CopyData(Path.GetDirectoryName(original)!, folder.FullName);
            await File.WriteAllBytesAsync(file, SpecJson.ToUtf8(Trusting(scaling.Apply(Document(original)))));
            var run = await CommandAsync(["run", file, "--target", target.Url.ToString().TrimEnd('/'), "--out", $"json={report}", .. arguments]);
            return new SuiteRun
            {
                ExitCode = run.ExitCode,
                Output = run.Output,
                Error = run.Error,
                Report = File.Exists(report)
                    ? JsonDocument.Parse(await File.ReadAllTextAsync(report)).RootElement
                    : throw new Xunit.Sdk.XunitException($"{example} wrote no report; exit code {run.ExitCode}\n{run.Output}\n{run.Error}"),
                Truth = target.Statistics,
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs a command line in this process.</summary>
    public static async Task<CommandResult> CommandAsync(IReadOnlyList<string> arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var parsed = CommandLine.Create(TimeProvider.System).Parse(arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = TextWriter.Synchronized(output), Error = TextWriter.Synchronized(error), ProcessTerminationTimeout = null })
            .WaitAsync(Deadline);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    /// <summary>The one LoadTest of a file.</summary>
    public static SpecNode Document(string path)
    {
        var file = ManifestReader.ReadFile(path);
        Assert.True(file.Problems.Count == 0, string.Join('\n', file.Problems));
        return Assert.Single(file.Documents).Root;
    }

    /// <summary>The document with limits that a generator on a machine that is busy with other things keeps too, unless it sets its own.</summary>
    private static SpecMap Trusting(SpecNode document)
    {
        var validity = new SpecMap(
            [new SpecEntry("maxTaintedSeconds", default, new SpecScalar("100%", ScalarKind.String, default)), new SpecEntry("maxStartSkew", default, new SpecScalar("1m", ScalarKind.String, default))], default);
        var map = (SpecMap)document;
        return map with
        {
            Entries =
            [
                .. map.Entries.Select(e => e is { Key: "spec", Value: SpecMap spec } && spec["validity"] is null
                    ? e with { Value = spec with { Entries = [.. spec.Entries, new SpecEntry("validity", default, validity)] } }
                    : e),
            ],
        };
    }

    /// <summary>Feeders name their files relative to the manifest.</summary>
    private static void CopyData(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from).Where(f => Path.GetExtension(f) is not (".yaml" or ".md")))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
