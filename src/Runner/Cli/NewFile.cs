namespace LoadTesting.Runner.Cli;

/// <summary>Writes files that did not exist: a command that makes a manifest must not destroy one.</summary>
internal static class NewFile
{
    /// <summary>Writes the text; false, after saying why, when that is impossible or the file exists.</summary>
    public static async Task<bool> WriteAsync(string path, string text, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            await using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
            await file.WriteAsync(text.AsMemory(), cancellation);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            await error.WriteLineAsync(File.Exists(path) ? $"{path} exists already: nothing was written" : $"{path} cannot be written: {e.Message.TrimEnd('.')}");
            return false;
        }
    }
}
