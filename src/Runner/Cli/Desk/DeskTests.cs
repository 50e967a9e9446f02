using System.CommandLine;
using System.Net;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Cli.Files;
using LoadTesting.Runner.Cli.Manifests;
using LoadTesting.Runner.Data;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Target;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>
/// The tests of a command line, read, overridden, validated and compiled. Either all of them are right or everything that is wrong with any was printed:
/// nothing runs as long as one cannot.
/// </summary>
internal sealed class DeskTests : IAsyncDisposable
{
    /// <summary>Annotation by which a manifest asks for the demo target at the desk.</summary>
    public const string DeskTargetAnnotation = "loadtest.dev/desk-target";

    /// <summary>Value of the annotation and of <c>--target</c> that starts the demo target.</summary>
    public const string Embedded = "embedded";

    private TargetServer? _target;

    private DeskTests()
    {
    }

    /// <summary>In the order of files and documents.</summary>
    public IReadOnlyList<DeskTest> Tests { get; private set; } = [];

    /// <summary>Loads them; null after printing what is wrong.</summary>
    /// <param name="inputs">The options.</param>
    /// <param name="result">Their values.</param>
    /// <param name="console">Gets problems.</param>
    /// <param name="toRun">Whether they will be run: only then the demo target is started, and a missing secret is more than a warning.</param>
    /// <param name="time">The demo target's clock.</param>
    /// <param name="cancellation">Cancels the loading.</param>
    public static async Task<DeskTests?> LoadAsync(
        ManifestInputs inputs, ParseResult result, CommandConsole console, bool toRun, TimeProvider time, CancellationToken cancellation)
    {
        var loading = new DeskTests();
        var tests = new List<DeskTest>();
        var valid = true;
        var isInputRead = false;
        foreach (var path in inputs.Files(result))
        {
            if (path == ManifestReader.StandardInput && isInputRead)
            {
                await console.Error.WriteLineAsync("loadtest: standard input can be read once, and \"-\" was given twice");
                valid = false;
                continue;
            }

            isInputRead |= path == ManifestReader.StandardInput;
            var file = ManifestReader.Read(path, Console.OpenStandardInput());
            var problems = new List<Problem>(file.Problems);
            foreach (var document in file.Documents)
            {
                if (await loading.LoadAsync(document, inputs, result, problems, toRun, time, cancellation) is { } test)
                {
                    tests.Add(test);
                }
            }

            if (file.Problems.Count == 0 && file.Documents.Count == 0)
            {
                problems.Add(new Problem("", "no-test", "there is no LoadTest in this file"));
            }

            await console.Error.WriteAsync(ProblemPrinter.Print(file.Source, problems));
            valid &= problems.All(p => p.IsWarning);
        }

        if (!valid)
        {
            await loading.DisposeAsync();
            return null;
        }

        loading.Tests = tests;
        return loading;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
        {
            await _target.DisposeAsync();
        }
    }

    private async Task<DeskTest?> LoadAsync(
        ManifestDocument document, ManifestInputs inputs, ParseResult result, List<Problem> problems, bool toRun, TimeProvider time, CancellationToken cancellation)
    {
        var overrides = inputs.Overrides(result, Value) with { Target = await TargetAsync(inputs.Target(result), document, toRun, time, cancellation) };
        var effective = document.Validate(overrides);
        problems.AddRange(effective.Problems.Select(p => OptionProblems.Placed(p, overrides)));
        if (effective.Value is not { } manifest)
        {
            return null;
        }

        var own = new List<Problem>();
        var spec = manifest.Spec;
        var missing = new List<Problem>();
        var environment = DeskEnvironment.Resolve(spec.Env, Environment.GetEnvironmentVariable, missing);
        var files = inputs.Data(result);
        var rows = FeederFiles.Load(spec, feeder => FeederFiles.AtDesk(feeder, Folder(document), files), missing);
        missing.AddRange(files.Keys.Where(name => spec.Data.All(d => d.Name != name)).Select(name => new Problem("--data", "data", "the test has no feeder of that name") { Value = name }));
        // Only a cluster has these; everything else is wrong for a check too.
        own.AddRange(missing.Select(p => toRun || p.Rule is not ("value-from" or "data-from") ? p : p with { IsWarning = true }));
        own.AddRange(InputRules.Check(spec, new KnownInputs { Env = toRun ? environment.Keys.ToArray() : null, Columns = FeederFiles.Columns(rows) }));
        own.AddRange(toRun ? LocalJobs.Problems(spec, result.GetValue(inputs.AllowJobs)) : []);
        DeskTest? test = null;
        if (own.All(p => p.IsWarning))
        {
            var compilation = CompiledTest.Compile(spec, environment, rows, folder: Folder(document));
            own.AddRange(compilation.Problems);
            var thresholds = ThresholdRules.Compile(spec, "spec.thresholds", []);
            test = compilation.Test is { } compiled ? new DeskTest(manifest.Name, spec, compiled, thresholds)
            {
                Profile = manifest.Profile,
                Evaluated = manifest.Evaluated,
                Jobs = new LocalJobs(environment, Folder(document), time),
            }
            : null;
        }

        problems.AddRange(own.Select(p => manifest.Place(FeederFiles.Located(p, spec, files))));
        return test;
    }

    /// <summary>The base URL that replaces the manifest's; null to keep it.</summary>
    private async Task<string?> TargetAsync(string? given, ManifestDocument document, bool toRun, TimeProvider time, CancellationToken cancellation)
    {
        var annotation = SpecPath.Find(document.Root, "metadata.annotations").Node is SpecMap annotations ? annotations[DeskTargetAnnotation] as SpecScalar : null;
        var wanted = given ?? (annotation?.Text == Embedded ? Embedded : null);
        if (wanted != Embedded)
        {
            return wanted;
        }

        if (!toRun)
        {
            // Any address will do for a check; one that the manifest names itself is checked.
            return given == Embedded ? "http://127.0.0.1" : null;
        }

        _target ??= await TargetServer.StartAsync(IPAddress.Loopback, 0, time, cancellation);
        return _target.Url.ToString().TrimEnd('/');
    }

    /// <summary>
    /// Where the manifest lies, beside which every relative path in it is looked for; the current folder for one that is no file: standard input, a pipe of
    /// the shell's.
    /// </summary>
    private static string Folder(ManifestDocument document) =>
        FileStatus.Of(document.File.Name).Kind == FileKind.Regular ? Path.GetDirectoryName(Path.GetFullPath(document.File.Name))! : Environment.CurrentDirectory;

    /// <summary>A variable's value as YAML reads it; text that is no YAML is the text itself.</summary>
    private static SpecNode Value(string text)
    {
        var problems = new List<Problem>();
        return YamlNodes.Read(text, problems) is [var node] && problems.Count == 0 ? node : new SpecScalar(text, ScalarKind.String, default);
    }
}
