using System.Globalization;
using LoadTesting.Model.Reporting;
using LoadTesting.Runner.Cli.Files;

namespace LoadTesting.Runner.Cli;

/// <summary><c>--out json=FILE</c>, and <c>--baseline FILE</c>, which reads one.</summary>
internal static class ReportFile
{
    /// <summary>What stands before the path.</summary>
    public const string Format = "json=";

    /// <summary>Reads one report; null after saying why not.</summary>
    public static async Task<RunReport?> ReadAsync(string path, CommandConsole console)
    {
        string? error;
        try
        {
            if (RunReportReader.Read(await File.ReadAllTextAsync(path), out error) is { } report)
            {
                return report;
            }
        }
        catch (Exception e) when (SystemErrors.IsFileError(e))
        {
            error = Directory.Exists(path) ? "it is a folder" : SystemErrors.Sentence(e);
        }

        await console.Error.WriteLineAsync($"loadtest: the baseline {path} cannot be read: {error}");
        return null;
    }

    /// <summary>The files of all <c>--out</c> options, each checked; null after saying of each that cannot be written why not.</summary>
    public static IReadOnlyList<OutputFile>? Check(IEnumerable<string> given, TextWriter error)
    {
        var files = new List<OutputFile>();
        var areRight = true;
        foreach (var text in given.Distinct(StringComparer.Ordinal))
        {
            var (file, why) = OutputFile.Check(text[Format.Length..]);
            if (file is not null)
            {
                files.Add(file);
                continue;
            }

            areRight = false;
            error.WriteLine($"loadtest: --out {text}: the report cannot be written there: {why}; nothing was run");
        }

        return areRight ? files : null;
    }

    /// <summary>
    /// Writes one report as an object, several as an array, to every file; says what is lost where that fails. The verdict stands whatever becomes of its
    /// report.
    /// </summary>
    public static async Task WriteAsync(IReadOnlyList<OutputFile> files, IReadOnlyList<RunReport> reports, CommandConsole console, TimeProvider time, CancellationToken giveUp)
    {
        if (files.Count == 0)
        {
            return;
        }

        var text = (reports.Count == 1 ? RunReportJson.Write(reports[0]) : $"[{string.Join(",\n", reports.Select(r => RunReportJson.Write(r)))}]") + "\n";
        foreach (var file in files)
        {
            if (await file.WriteAsync(text, console, time, giveUp) is { } why)
            {
                var what = reports.Count == 1 ? "the report of this run is" : string.Create(CultureInfo.InvariantCulture, $"the reports of these {reports.Count} runs are");
                await console.Error.WriteLineAsync($"loadtest: {what} lost: {file.Path} was not written: {why}. The verdict and the exit code stand.");
            }
        }
    }
}
