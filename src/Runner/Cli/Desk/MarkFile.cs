using System.Globalization;
using System.Text;
using LoadTesting.Model.Judging.Windows;
using LoadTesting.Runner.Cli.Files;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>A run at the desk that takes marks.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Test">The test's name as people see it.</param>
internal sealed record MarkedRun(int ProcessId, string Test)
{
    /// <summary>As messages name it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ProcessId} ({Test})");
}

/// <summary>
/// Where <c>loadtest mark</c> leaves marks for a run at the desk: one file per running process in a folder of the user's own. The first line is <c># </c> and
/// the test's name, the others a mark
/// each: name, blank, instants as in <see cref="RunMark.TryParse"/>. The run looks into it once a second; instants are in the lines, so that nothing depends
/// on when it looks. As long as the run lives it holds the file open and locked: the file of one that was killed is no run, whoever has its process id now.
/// </summary>
internal sealed class MarkFile : IDisposable
{
    private const string Ending = ".marks";
    private const string Heading = "# ";
    private const int Tries = 3;

    private readonly FileStream? _file;

    private MarkFile(FileStream? file) => _file = file;

    private static string Folder => Path.Combine(Path.GetTempPath(), $"loadtest-{Environment.UserName}");

    /// <summary>The runs that take marks, by process id. Files of runs that are gone are deleted.</summary>
    public static IReadOnlyList<MarkedRun> Runs()
    {
        // Somebody else could have made a folder of this name, and links in it.
        if (!Directory.Exists(Folder) || FileStatus.Of(Folder).IsForeign)
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(Folder, "*" + Ending).Select(Look).OfType<MarkedRun>().OrderBy(r => r.ProcessId)];
    }

    /// <summary>The file of a run that begins. Where none can be made the run takes no marks.</summary>
    /// <param name="processId">Its process.</param>
    /// <param name="test">The test's name as people see it.</param>
    public static MarkFile Create(int processId, string test)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
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

                if (FileStatus.Of(Folder).IsForeign)
                {
                    break;
                }

                var file = Open(PathOf(processId), FileMode.Create);
                using var writer = new StreamWriter(file, leaveOpen: true);
                writer.Write($"{Heading}{test}\n");
                return new MarkFile(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A look at the file, just before it was locked, takes a moment; everything else stays as it is.
                continue;
            }
        }

        return new MarkFile(null);
    }

    /// <summary>Adds a mark for a run.</summary>
    /// <exception cref="IOException">The run has ended meanwhile.</exception>
    public static void Append(int processId, string name, DateTimeOffset from, DateTimeOffset? to) =>
        AppendedFile.Append(PathOf(processId), Encoding.UTF8.GetBytes($"{name} {Instant(from)}{(to is { } end ? "/" + Instant(end) : string.Empty)}\n"));

    /// <summary>The marks so far.</summary>
    /// <param name="start">T0.</param>
    public IReadOnlyList<RunMark> Read(DateTimeOffset start)
    {
        if (_file is null)
        {
            return [];
        }

        try
        {
            _file.Seek(0, SeekOrigin.Begin);
            using var reader = new StreamReader(_file, leaveOpen: true);
            return [.. reader.ReadToEnd().Split('\n').Select(l => l.Split(' ', 2)).Select(p => p.Length == 2 ? RunMark.TryParse(p[0], p[1], start) : null).OfType<RunMark>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file is not null)
        {
            TryDelete(_file.Name);
            _file.Dispose();
        }
    }

    private static MarkedRun? Look(string path)
    {
        if (!int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var processId))
        {
            return null;
        }

        try
        {
            // The run's own lock is shared; this one is granted only when nobody has any.
            using var unlocked = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            if (!IsAlive(processId))
            {
                TryDelete(path);
            }

            return null;
        }
        catch (IOException) when (File.Exists(path))
        {
            return new MarkedRun(processId, HeadingOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string HeadingOf(string path)
    {
        try
        {
            using var reader = new StreamReader(Open(path, FileMode.Open));
            return reader.ReadLine() is { } line && line.StartsWith(Heading, StringComparison.Ordinal) ? line[Heading.Length..] : "a test";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a test";
        }
    }

    // Shared with everybody who reads and appends: the lock says only that somebody is there.
    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    private static string PathOf(int processId) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{processId}{Ending}"));

    private static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return processId > 0 && !process.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
