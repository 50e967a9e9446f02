using LoadTesting.Model.Reporting;

namespace LoadTesting.Runner.Cli;

/// <summary><c>--out json=FILE</c>, and <c>--baseline FILE</c>, which reads one.</summary>
internal static class ReportFile
{
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.Message;
        }

        await console.Error.WriteLineAsync($"loadtest: the baseline {path} cannot be read: {error}");
        return null;
    }

    /// <summary>One report as an object, several as an array; "-" is standard output. Says why when it cannot be written.</summary>
    public static async Task<bool> WriteAsync(string path, IReadOnlyList<RunReport> reports, CommandConsole console)
    {
        var text = reports.Count == 1 ? RunReportJson.Write(reports[0]) : $"[{string.Join(",\n", reports.Select(r => RunReportJson.Write(r)))}]";
        if (path == "-")
        {
            await console.Output.WriteLineAsync(text);
            return true;
        }

        try
        {
            // Whole or not at all: a reader never sees half a report.
            var part = path + ".part";
            await File.WriteAllTextAsync(part, text + "\n");
            File.Move(part, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"loadtest: the report cannot be written to {path}: {e.Message}");
            return false;
        }
    }
}
