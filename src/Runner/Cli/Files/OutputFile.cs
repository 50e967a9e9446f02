using System.Runtime.InteropServices;
using System.Text;

namespace LoadTesting.Runner.Cli.Files;

/// <summary>
/// Where a command writes a file that the user named: checked before anything else is done, written at the end. A regular file is written beside its place
/// and put there whole, so that no
/// reader sees half of it and a full disk leaves the old one; links are followed; whatever is no regular file (a pipe, a terminal, <c>/dev/null</c>) is
/// written to directly.
/// </summary>
internal sealed class OutputFile
{
    /// <summary>The path that stands for standard output.</summary>
    public const string StandardOutput = "-";

    // As many as the system follows.
    private const int MostLinks = 40;

    private static readonly string[] OutputNames = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    private static readonly string[] ErrorNames = ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"];

    // Names of parts that exist now: a process that is told to leave at once takes them along.
    private static readonly HashSet<string> Parts = [];

    private readonly Place _place;
    private readonly string _target;
    private readonly bool _isNew;

    static OutputFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (Parts)
        {
            foreach (var part in Parts)
            {
                TryDelete(part);
            }
        }
    };

    private OutputFile(string path, string target, Place place, bool isNew) => (Path, _target, _place, _isNew) = (path, target, place, isNew);

    private enum Place
    {
        Output,
        Error,
        Direct,
        Whole,
    }

    /// <summary>As the user wrote it.</summary>
    public string Path { get; }

    /// <summary>Whether it is standard output, on which then nothing else may stand.</summary>
    public bool IsOutput => _place == Place.Output;

    /// <summary>Finds out whether it can be written, without leaving a trace.</summary>
    /// <param name="path">As the user wrote it; <c>-</c> is standard output.</param>
    /// <param name="isNew">Whether a regular file must not be there yet.</param>
    /// <returns>The file; null with the reason.</returns>
    public static (OutputFile? File, string? Why) Check(string path, bool isNew = false)
    {
        if (path == StandardOutput)
        {
            return (new OutputFile(path, path, Place.Output, isNew), null);
        }

        if (path.Length == 0)
        {
            return (null, "the name is empty");
        }

        try
        {
            return Check(path, System.IO.Path.GetFullPath(path), isNew);
        }
        catch (Exception e) when (SystemErrors.IsFileError(e))
        {
            return (null, SystemErrors.Sentence(e));
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="streams">The command's streams.</param>
    /// <param name="time">Clock of the waiting for a reader.</param>
    /// <param name="giveUp">Ends waiting for whoever reads a pipe.</param>
    /// <returns>Why it is not written; null when it is.</returns>
    public async Task<string?> WriteAsync(string text, CommandConsole streams, TimeProvider time, CancellationToken giveUp)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        // Without this the system ends the process at a limit of file sizes; with it, writing fails with a reason.
        using var tooLarge = OperatingSystem.IsLinux() ? PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true) : null;
        try
        {
            switch (_place)
            {
                case Place.Output:
                case Place.Error:
                    await streams.Error.FlushAsync(CancellationToken.None);
                    await using (var stream = _place == Place.Output ? Console.OpenStandardOutput() : Console.OpenStandardError())
                    {
                        stream.Write(octets);
                    }

                    return null;
                case Place.Direct:
                    return await new DirectWrite(_target, octets, time).RunAsync(() => streams.Error.WriteLine($"loadtest: waiting for a reader of {Path}; Ctrl-C gives up"), giveUp);
                default:
                    WriteWhole(octets);
                    return null;
            }
        }
        catch (Exception e) when (SystemErrors.IsFileError(e))
        {
            return SystemErrors.Sentence(e);
        }
    }

    private static (OutputFile? File, string? Why) Check(string path, string full, bool isNew)
    {
        var status = FileStatus.Of(path);
        if (OutputNames.Contains(full) || IsStream(status, OutputNames[1]))
        {
            return (new OutputFile(path, path, Place.Output, isNew), null);
        }

        if (ErrorNames.Contains(full) || IsStream(status, ErrorNames[1]))
        {
            return (new OutputFile(path, path, Place.Error, isNew), null);
        }

        switch (status.Kind)
        {
            case FileKind.Folder:
                return (null, "it is a folder");
            case FileKind.Socket:
                return (null, "it is a socket");
            case FileKind.BlockDevice:
                return (null, "it is a disk");
            case FileKind.Pipe or FileKind.CharacterDevice:
                return FileStatus.MayWrite(path) ? (new OutputFile(path, path, Place.Direct, isNew), null) : (null, "permission denied");
            case FileKind.Regular when isNew:
                return (null, "it exists already");
            case FileKind.Regular:
                // Permissions, a read-only file system, a program that runs: the system knows.
                Open(path, FileMode.Open).Dispose();
                PartFile.Clean(System.IO.Path.GetDirectoryName(Followed(path))!);
                // An open descriptor belongs to whoever opened it: it must stay this file.
                return full.StartsWith("/dev/fd/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)
                    ? (new OutputFile(path, path, Place.Direct, isNew), null)
                    : (new OutputFile(path, Followed(path), Place.Whole, isNew), null);
            default:
                return status.Error is not (0 or SystemErrors.NoEntry) ? (null, SystemErrors.Sentence(status.Error) ?? $"error {status.Error}") : CheckMissing(path, isNew);
        }
    }

    private static (OutputFile? File, string? Why) CheckMissing(string path, bool isNew)
    {
        var target = Followed(path);
        var folder = System.IO.Path.GetDirectoryName(target);
        if (System.IO.Path.EndsInDirectorySeparator(path) || folder is null)
        {
            return (null, "it names a folder");
        }

        if (!Directory.Exists(folder))
        {
            return (null, path.StartsWith("~/", StringComparison.Ordinal) ? "there is no folder \"~\": shells put the home folder in its place only at the beginning of a word" : $"there is no folder {folder}");
        }

        PartFile.Clean(folder);
        var part = PartFile.PathOf(target);
        try
        {
            PartFile.Create(part).Dispose();
        }
        catch (FileNotFoundException)
        {
            // The folder is there, and is one of the system's own.
            return (null, "no file can be made there");
        }

        TryDelete(part);
        return (new OutputFile(path, target, Place.Whole, isNew), null);
    }

    private void WriteWhole(byte[] octets)
    {
        var existing = FileStatus.Of(_target);
        var part = PartFile.PathOf(_target);
        lock (Parts)
        {
            Parts.Add(part);
        }

        try
        {
            FileStream? file = null;
            try
            {
                file = PartFile.Create(part);
            }
            catch (Exception e) when (existing.Kind == FileKind.Regular && e is IOException or UnauthorizedAccessException)
            {
                // The file may be written though its folder may not.
            }

            using (file)
            {
                // Another name or owner of the file would be lost with it.
                if (file is null || (existing.Kind == FileKind.Regular && (existing.Links > 1 || existing.Owner != FileStatus.Of(part).Owner)))
                {
                    WriteOver(octets);
                    return;
                }

                if (existing.Kind == FileKind.Regular && !OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(_target));
                }

                file.Write(octets);
                // Some file systems find out here that there is no room.
                file.Flush(flushToDisk: true);
            }

            File.Move(part, _target, overwrite: !_isNew);
        }
        finally
        {
            TryDelete(part);
            lock (Parts)
            {
                Parts.Remove(part);
            }
        }
    }

    private void WriteOver(byte[] octets)
    {
        using var file = Open(_target, FileMode.Truncate);
        file.Write(octets);
        file.Flush(flushToDisk: true);
    }

    private static FileStream Open(string path, FileMode mode) => new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });

    /// <summary>Where the last link leads, whether something is there or not.</summary>
    private static string Followed(string path)
    {
        var at = System.IO.Path.GetFullPath(path);
        for (var links = 0; links < MostLinks && new FileInfo(at).LinkTarget is { } next; links++)
        {
            at = System.IO.Path.GetFullPath(next, System.IO.Path.GetDirectoryName(at)!);
        }

        return at;
    }

    /// <summary>Whether a path is the file or pipe that a standard stream goes to: what people read of the run must not stand in it.</summary>
    private static bool IsStream(FileStatus status, string stream) =>
        status.Kind is FileKind.Regular or FileKind.Pipe && FileStatus.Of(stream) is { Kind: not FileKind.Missing } own && status.Identity == own.Identity;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (SystemErrors.IsFileError(e))
        {
            return;
        }
    }
}
