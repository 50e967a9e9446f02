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

    /// <summary>What runs for the first time is compiled first, which takes a while: one small run before all others, so that none of them measures that.</summary>
    private static readonly Lazy<Task> Warm = new(async () =>
    {
        // Generator, target and several runs share one process: a thread that a busy machine lets wait must not hold the others up.
        ThreadPool.SetMinThreads(32, 32);
        await RunOnceAsync("quickstart.yaml", new Scaling { Time = 0.1 }, TargetBehaviour.Documented, []);
    });

    /// <summary>The folder of the examples.</summary>
    public static string Folder => Path.Combine(RepositoryPaths.Root, "examples");

    /// <summary>All examples, as paths below <c>examples</c>.</summary>
    public static IReadOnlyList<string> Examples() =>
        [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>The profiles that an example has.</summary>
    public static IReadOnlyList<string> Profiles(string example) =>
        ((Document(Path.Combine(Folder, example)) as SpecMap)?["spec"] as SpecMap)?["profiles"] is SpecMap profiles ? [.. profiles.Entries.Select(e => e.Key)] : [];

    /// <summary>Runs it.</summary>
    /// <param name="example">Path below <c>examples</c>.</param>
    /// <param name="scaling">How it is made short and small.</param>
    /// <param name="behaviour">How the simulated system behaves; its latencies are scaled like the limits.</param>
    /// <param name="arguments">More arguments of <c>loadtest run</c>.</param>
    public static async Task<SuiteRun> RunAsync(string example, Scaling scaling, TargetBehaviour behaviour, params string[] arguments)
    {
        await Warm.Value;
        return await RunOnceAsync(example, scaling, behaviour, arguments);
    }

    /// <summary>
    /// Runs it until it has passed, three times at most as long as nothing is broken but what a machine that stands still breaks too: times, and load that could not be started. That a system
    /// which behaves can pass is what counts here; that one which does not cannot, the tests of its faults show, and those run once.
    /// </summary>
    public static async Task<SuiteRun> PassAsync(string example, Scaling scaling, TargetBehaviour behaviour, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await RunAsync(example, scaling, behaviour, arguments);
            if (attempt == 3 || run.Verdict == "Passed" || !run.MachineMayBeToBlame)
            {
                return run.Passed();
            }
        }
    }

    private static async Task<SuiteRun> RunOnceAsync(string example, Scaling scaling, TargetBehaviour behaviour, string[] arguments)
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
            [
                new SpecEntry("maxTaintedSeconds", default, new SpecScalar("100%", ScalarKind.String, default)),
                new SpecEntry("maxStartSkew", default, new SpecScalar("1m", ScalarKind.String, default)),
                new SpecEntry("deliveredRatio", default, new SpecScalar("90%", ScalarKind.String, default)),
            ],
            default);
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
