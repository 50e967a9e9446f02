using System.CommandLine;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Runner.Cli.Manifests;

namespace LoadTesting.Runner.Cli.Convert;

/// <summary><c>loadtest convert k6 FILE</c>: a k6 test's options as a LoadTest manifest.</summary>
internal static class ConvertCommand
{
    public static Command Create(TimeProvider time)
    {
        var file = new Argument<string>("file") { Description = "A script with a literal `export const options = {…}`, or JSON: the options, or what `k6 inspect` prints." };
        var output = new Option<string>("--output", "-o") { Description = "Where to write the manifest; \"-\" is standard output.", DefaultValueFactory = _ => "-", HelpName = "file" };
        var k6 = new Verb(
            "k6",
            "Turns a k6 test's options (scenarios, thresholds, tags, env, HTTP) into a manifest with requests to fill in, and lists what it could not translate.",
            "loadtest convert k6 script.js -o loadtest.yaml",
            "k6 inspect script.js > options.json && loadtest convert k6 options.json")
        {
            file, output,
        };
        k6.SetAction(async (result, cancellation) =>
        {
            var (name, streams) = (result.GetValue(file)!, result.InvocationConfiguration);
            var notes = new List<string>();
            if (Read(name, notes) is not { } options)
            {
                foreach (var note in notes) await streams.Error.WriteLineAsync($"{name}: {note}");
                return ExitCodes.InvalidManifest;
            }

            var converted = K6Conversion.Convert(TestName(name), options, notes);
            foreach (var note in converted.Notes) await streams.Error.WriteLineAsync($"not translated: {note}");
            var read = ManifestReader.ReadText("loadtest.yaml", converted.Yaml);
            await streams.Error.WriteAsync(ProblemPrinter.Print(read.Source, [.. read.Problems, .. read.Documents.SelectMany(d => d.Validate().Problems)]));
            return await NewFile.WriteAsync(result.GetValue(output)!, converted.Yaml, CommandConsole.Of(streams), time, cancellation) ? ExitCodes.Passed : ExitCodes.Error;
        });
        return new Verb("convert", "Makes manifests of other tools' tests.", "loadtest convert k6 script.js") { k6 };
    }

    private static SpecMap? Read(string file, List<string> notes)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            notes.Add(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : $"the file cannot be read: {e.Message.TrimEnd('.')}");
            return null;
        }

        if (!text.TrimStart().StartsWith('{')) return ScriptLiteral.Options(text, notes);
        var problems = new List<Problem>();
        var root = SpecJson.Read(text, problems);
        foreach (var problem in problems) notes.Add($"line {problem.Position.Line}: {problem.Message}");
        return root is SpecMap map ? map["options"] as SpecMap ?? map : null;
    }

    /// <summary>The file's name as a Kubernetes name.</summary>
    private static string TestName(string file)
    {
        var letters = Path.GetFileNameWithoutExtension(file).ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-');
        var name = new string([.. letters]).Trim('-');
        return name.Length is 0 or > 63 ? "converted" : name;
    }
}
