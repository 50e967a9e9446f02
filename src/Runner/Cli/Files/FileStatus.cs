using System.Runtime.InteropServices;
using System.Text;

namespace LoadTesting.Runner.Cli.Files;

/// <summary>What a path names.</summary>
internal enum FileKind
{
    /// <summary>Nothing, or nothing that can be looked at.</summary>
    Missing,

    /// <summary>A file that keeps what is written.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, with or without a name.</summary>
    Pipe,

    /// <summary>A character device: a terminal, <c>/dev/null</c>.</summary>
    CharacterDevice,

    /// <summary>A disk.</summary>
    BlockDevice,

    /// <summary>A socket.</summary>
    Socket,
}

/// <summary>What the system knows of a path, links followed (statx(2)). Outside of Linux only whether it is a file or a folder.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Error">errno where it is <see cref="FileKind.Missing"/>; 0 otherwise.</param>
internal sealed unsafe partial record FileStatus(FileKind Kind, int Error)
{
    private const int AtWorkingFolder = -100;
    private const uint BasicFields = 0x7ff;
    private const int AccessWrite = 2;

    private static readonly bool IsKnown = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
    private static readonly long StatxNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 332 : 291;

    /// <summary>How many names it has; 1 where that is not known.</summary>
    public uint Links { get; private init; } = 1;

    /// <summary>User and group that it belongs to.</summary>
    public (uint User, uint Group) Owner { get; private init; }

    /// <summary>The same for two paths of one file, and different for different ones.</summary>
    public (ulong Device, ulong Node) Identity { get; private init; }

    /// <summary>Looks.</summary>
    public static FileStatus Of(string path)
    {
        if (!IsKnown)
        {
            return Directory.Exists(path) ? new(FileKind.Folder, 0) : File.Exists(path) ? new(FileKind.Regular, 0) : new(FileKind.Missing, SystemErrors.NoEntry);
        }

        var name = Encoding.UTF8.GetBytes(path + '\0');
        var status = stackalloc byte[256];
        fixed (byte* at = name)
        {
            if (Statx(StatxNumber, AtWorkingFolder, at, 0, BasicFields, status) != 0)
            {
                return new(FileKind.Missing, Marshal.GetLastPInvokeError());
            }
        }

        // struct statx: stx_nlink at 16, uid 20, gid 24, mode 28, ino 32, dev_major 136, dev_minor 140.
        return new(KindOf(*(ushort*)(status + 28)), 0)
        {
            Links = *(uint*)(status + 16),
            Owner = (*(uint*)(status + 20), *(uint*)(status + 24)),
            Identity = (((ulong)*(uint*)(status + 136) << 32) | *(uint*)(status + 140), *(ulong*)(status + 32)),
        };
    }

    /// <summary>Whether it belongs to somebody else than this process' user.</summary>
    public bool IsForeign => IsKnown && Kind != FileKind.Missing && Owner.User != EffectiveUser();

    /// <summary>Whether this process may write to it; without opening it, which would wake or block whoever is at the other end of a pipe.</summary>
    public static bool MayWrite(string path) => !IsKnown || Access(path, AccessWrite) == 0;

    private static FileKind KindOf(ushort mode) => (mode & 0xf000) switch
    {
        0x1000 => FileKind.Pipe,
        0x2000 => FileKind.CharacterDevice,
        0x4000 => FileKind.Folder,
        0x6000 => FileKind.BlockDevice,
        0xc000 => FileKind.Socket,
        _ => FileKind.Regular,
    };

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Statx(long number, int folder, byte* path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
