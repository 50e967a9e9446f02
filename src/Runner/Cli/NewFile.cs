using LoadTesting.Runner.Cli.Files;

namespace LoadTesting.Runner.Cli;

/// <summary>Writes files that did not exist: a command that makes a manifest must not destroy one.</summary>
internal static class NewFile
{
    /// <summary>Writes the text; false, after saying why, when that is impossible or the file exists. <c>-</c> is standard output.</summary>
    public static async Task<bool> WriteAsync(string path, string text, CommandConsole console, TimeProvider time, CancellationToken cancellation)
    {
        var (file, why) = OutputFile.Check(path, isNew: true);
        why ??= await file!.WriteAsync(text, console, time, cancellation);
        if (why is null)
        {
            return true;
        }

        await console.Error.WriteLineAsync($"loadtest: {path} was not written: {why}");
        return false;
    }
}
