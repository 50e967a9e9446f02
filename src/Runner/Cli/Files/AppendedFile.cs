using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LoadTesting.Runner.Cli.Files;

/// <summary>Adding to a file that others add to at the same time: on Linux the system finds the end and writes there in one step (O_APPEND), so that nothing is written over.</summary>
internal static partial class AppendedFile
{
    // O_WRONLY | O_APPEND | O_CLOEXEC of x86-64 and arm64, which agree.
    private const int AppendOnly = 1 | 0x400 | 0x80000;

    /// <summary>Adds octets to a file that is there.</summary>
    /// <exception cref="IOException">It is not there, or cannot be written.</exception>
    public static void Append(string path, byte[] octets)
    {
        if (!OperatingSystem.IsLinux())
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Seek(0, SeekOrigin.End);
            file.Write(octets);
            return;
        }

        var descriptor = Open(path, AppendOnly);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException(SystemErrors.Sentence(error) ?? new Win32Exception(error).Message, error);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, octets, fileOffset: 0);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
