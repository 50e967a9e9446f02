using System.Globalization;
using LoadTesting.Model.Judging.Windows;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>
/// Where <c>loadtest mark</c> leaves marks for a run at the desk: one file per running process in a folder of the user's own, a line per mark: name, blank, instants as in
/// <see cref="RunMark.TryParse"/>. The run looks into it once a second; instants are in the lines, so that nothing depends on when it looks.
/// </summary>
internal sealed class MarkFile : IDisposable
{
    private readonly string? _path;

    private MarkFile(string? path) => _path = path;

    /// <summary>Process ids of runs that take marks.</summary>
    public static IReadOnlyList<int> Runs =>
    [
        .. (Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.marks") : [])
            .Select(f => int.TryParse(Path.GetFileNameWithoutExtension(f), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(IsAlive)
            .Order(),
    ];

    private static string Folder => Path.Combine(Path.GetTempPath(), $"loadtest-{Environment.UserName}");

    /// <summary>The file of a run that begins. Where none can be made the run takes no marks.</summary>
    public static MarkFile Create(int processId)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Folder);
            }
            else
            {
                Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var path = PathOf(processId);
            File.WriteAllText(path, string.Empty);
            return new MarkFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MarkFile(null);
        }
    }

    /// <summary>Adds a mark for a run.</summary>
    public static void Append(int processId, string name, DateTimeOffset from, DateTimeOffset? to) =>
        File.AppendAllText(PathOf(processId), $"{name} {Instant(from)}{(to is { } end ? "/" + Instant(end) : string.Empty)}\n");

    /// <summary>The marks so far.</summary>
    /// <param name="start">T0.</param>
    public IReadOnlyList<RunMark> Read(DateTimeOffset start)
    {
        if (_path is null)
        {
            return [];
        }

        try
        {
            return [.. File.ReadAllLines(_path).Select(l => l.Split(' ', 2)).Select(p => p.Length == 2 ? RunMark.TryParse(p[0], p[1], start) : null).OfType<RunMark>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody tidied up: no more marks.
            return [];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }

    private static string PathOf(int processId) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{processId}.marks"));

    private static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return processId > 0 && !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
