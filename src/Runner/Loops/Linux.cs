using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LoadTesting.Runner.Loops;

/// <summary>The system calls of an event loop; numbers are those of x86-64 and arm64, which agree. Return values and errno as in the manual pages.</summary>
internal static unsafe partial class Linux
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;
    public const uint Failed = 0x008;
    public const uint HungUp = 0x010;
    public const uint PeerClosed = 0x2000;
    public const uint EdgeTriggered = 0x8000_0000;

    public const int WouldBlock = 11;
    public const int Interrupted = 4;
    public const int BrokenPipe = 32;
    public const int NoSystemCall = 38;
    public const int AddressNotAvailable = 99;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;

    private const int EpollPwait2Number = 441;
    private static readonly long StatusNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 332 : 291;

    // F_DUPFD_CLOEXEC: a copy whose number is the lowest free one from the given on.
    private const int DuplicateAbove = 1030;

    // What a program with embedded target, pipes and assemblies has open itself, generously.
    private const int OwnDescriptors = 512;
    private const int NoSignal = 0x4000;
    private const int AddressFamilyIPv4 = 2;
    private const int AddressFamilyIPv6 = 10;
    private const int CloseOnExec = 0x80000;
    private const int StreamNonBlockingCloseOnExec = 1 | 0x800 | CloseOnExec;

    /// <summary>struct epoll_event is packed on x86-64 only (epoll_ctl(2)).</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int EventDataOffset = EventSize - 8;

    /// <summary>
    /// Connections get descriptors below this number (a new one is the lowest that is free). The others are the program's own: without any it can start no thread, load no library and
    /// write no report, and the runtime ends it.
    /// </summary>
    private static readonly long MostForConnections = Descriptors() is var most ? most - Math.Min(most / 8, 32) : 0;

    public static int LastError => Marshal.GetLastPInvokeError();

    public static uint EventFlags(byte* events, int index) => *(uint*)(events + (index * EventSize));

    public static long EventData(byte* events, int index)
    {
        var at = events + (index * EventSize) + EventDataOffset;
        return ((long)*(uint*)(at + 4) << 32) | *(uint*)at;
    }

    public static int EpollAdd(int epoll, int descriptor, uint flags, long data)
    {
        var at = stackalloc byte[16];
        *(uint*)at = flags;
        *(uint*)(at + EventDataOffset) = (uint)data;
        *(uint*)(at + EventDataOffset + 4) = (uint)(data >> 32);
        return EpollControl(epoll, 1, descriptor, at);
    }

    /// <summary>Waits for events with a time limit of nanosecond resolution.</summary>
    public static int EpollWait(int epoll, byte* events, int capacity, long nanoseconds)
    {
        var span = new Timespec { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
        return (int)EpollPwait2(EpollPwait2Number, epoll, events, capacity, &span, null, 8);
    }

    /// <summary>
    /// Makes room for descriptors up to so many connections at once. The kernel's table otherwise doubles when it is full, in the middle of the load, and in a program with threads each time
    /// waits until no processor looks at the old one: 10 to 25 ms in which the loop stands still.
    /// </summary>
    public static void ExpectConnections(long count)
    {
        var any = EventDescriptor(0, CloseOnExec);
        if (any < 0) return;
        var highest = Duplicate(any, DuplicateAbove, (int)Math.Min(MostForConnections - 1, count + OwnDescriptors));
        if (highest >= 0) Close(highest);
        Close(any);
    }

    /// <summary>A connection attempt under way, or already made; negative with <see cref="LastError"/> when there is none.</summary>
    public static int Connect(IPEndPoint endPoint, IPAddress? local = null)
    {
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        var descriptor = Socket(isIPv6 ? AddressFamilyIPv6 : AddressFamilyIPv4, StreamNonBlockingCloseOnExec, 0);
        if (descriptor < 0) return descriptor;
        if (descriptor >= MostForConnections)
        {
            Close(descriptor);
            Marshal.SetLastPInvokeError(TooManyFiles);
            return -1;
        }

        var one = 1;
        SetOption(descriptor, 6, 1, &one, sizeof(int));
        var address = stackalloc byte[28];
        var length = Write(endPoint, isIPv6, new Span<byte>(address, 28));
        if (local is not null && Bind(descriptor, local) != 0) return Refused(descriptor);
        if (ConnectTo(descriptor, address, length) == 0 || LastError is InProgress or Interrupted) return descriptor;
        return Refused(descriptor);
    }

    /// <summary>How a connection attempt ended: 0 or errno.</summary>
    public static int TakeError(int descriptor)
    {
        int error = 0, length = sizeof(int);
        return GetOption(descriptor, 1, 4, &error, &length) < 0 ? LastError : error;
    }

    /// <summary>Size of what a path names, as statx(2) gives it; 0 when there is no such thing. The path ends with a zero byte, as literals do.</summary>
    public static long SizeOf(ReadOnlySpan<byte> path)
    {
        var status = stackalloc byte[256];
        fixed (byte* at = path) return Status(StatusNumber, -100, at, 0, 0x200, status) == 0 ? *(long*)(status + 40) : 0;
    }

    public static nint Send(int descriptor, ReadOnlySpan<byte> octets)
    {
        fixed (byte* at = octets) return SendTo(descriptor, at, octets.Length, NoSignal);
    }

    public static nint Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* at = buffer) return ReceiveFrom(descriptor, at, buffer.Length, 0);
    }

    public static void Wake(int eventDescriptor)
    {
        var one = 1L;
        WriteTo(eventDescriptor, (byte*)&one, sizeof(long));
    }

    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWaitMilliseconds(int epoll, byte* events, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    // The port is chosen when the other end is known, so that one local address has all its ports for each target (ip(7), IP_BIND_ADDRESS_NO_PORT).
    private static int Bind(int descriptor, IPAddress local)
    {
        var one = 1;
        SetOption(descriptor, 0, 24, &one, sizeof(int));
        var address = stackalloc byte[28];
        return BindTo(descriptor, address, Write(new IPEndPoint(local, 0), local.AddressFamily == AddressFamily.InterNetworkV6, new Span<byte>(address, 28)));
    }

    private static int Refused(int descriptor)
    {
        var error = LastError;
        Close(descriptor);
        Marshal.SetLastPInvokeError(error);
        return -1;
    }

    // struct sockaddr_in and sockaddr_in6: family in host order, port and address in network order.
    private static int Write(IPEndPoint endPoint, bool isIPv6, Span<byte> address)
    {
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)(isIPv6 ? AddressFamilyIPv6 : AddressFamilyIPv4));
        (address[2], address[3]) = ((byte)(endPoint.Port >> 8), (byte)endPoint.Port);
        endPoint.Address.TryWriteBytes(address[(isIPv6 ? 8 : 4)..], out _);
        if (isIPv6) BitConverter.TryWriteBytes(address[24..], (uint)endPoint.Address.ScopeId);
        return isIPv6 ? 28 : 16;
    }

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long EpollPwait2(long number, int epoll, byte* events, int capacity, Timespec* timeout, void* signals, long signalsSize);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Status(long number, int folder, byte* path, int flags, uint mask, byte* status);

    // RLIMIT_NOFILE is 7 on all Linux that .NET runs on. The memory is enough for both of its numbers in either width.
    private static long Descriptors()
    {
        var limits = stackalloc ulong[2];
        return GetLimits(7, limits) == 0 ? (long)Math.Min(*(nuint*)limits, int.MaxValue) : int.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimits(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Duplicate(int descriptor, int command, int from);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int BindTo(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int ConnectTo(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int option, int* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int descriptor, int level, int option, int* value, int* length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendTo(int descriptor, byte* octets, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveFrom(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, byte* octets, nint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
