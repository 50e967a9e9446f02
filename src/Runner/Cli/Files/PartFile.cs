using System.Diagnostics;
using System.Globalization;

namespace LoadTesting.Runner.Cli.Files;

/// <summary>
/// A file that is being written beside its place, <c>.loadtest-PID.part</c>. Its writer holds it locked; one that was killed leaves it behind, and whoever writes into
/// the folder next takes it away.
/// </summary>
internal static class PartFile
{
    private const string Prefix = ".loadtest-";
    private const string Ending = ".part";

    // Short, so that the longest name that a file may have can still be written.
    public static string PathOf(string target) => Path.Combine(Path.GetDirectoryName(target)!, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}{Ending}"));

    /// <summary>Makes this process' own, locked; there must be none.</summary>
    public static FileStream Create(string part) => new(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete, BufferSize = 0 });

    /// <summary>Deletes what runs that were killed have left in a folder. Parts of runs that live, here or in another container, stay, and so does what is somebody else's.</summary>
    public static void Clean(string folder)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, Prefix + "*" + Ending))
            {
                if (int.TryParse(Path.GetFileName(path)[Prefix.Length..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var owner) && !IsAlive(owner) && IsLeftBehind(path))
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception e) when (SystemErrors.IsFileError(e))
        {
            // Whoever may not look or delete leaves it as it is.
            return;
        }
    }

    private static bool IsLeftBehind(string path)
    {
        if (FileStatus.Of(path) is not { Kind: FileKind.Regular, IsForeign: false } || new FileInfo(path).LinkTarget is not null)
        {
            return false;
        }

        try
        {
            // Granted only when nobody has it locked.
            using var unlocked = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
