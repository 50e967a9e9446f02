using System.Runtime.InteropServices;

namespace LoadTesting.Runner.Loops;

/// <summary>How the kernel shares a processor between the threads of this process. All of it is a wish that needs no privilege; a kernel that does not know it ignores it.</summary>
internal static unsafe partial class LinuxScheduling
{
    // The shortest turn that the kernel grants: 0.1 ms.
    private const ulong ShortestTurn = 100_000;

    private const int SetTimerSlack = 29;

    private static readonly (long Set, long Get) Numbers = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (314, 315) : (274, 275);

    /// <summary>
    /// For a thread that has instants to keep. Its sleeps end when they should, not 50 µs later (prctl(2), PR_SET_TIMERSLACK); and since Linux 6.12 it asks for short turns
    /// (sched(7), sched_setattr(2): sched_runtime of a normal thread), so that waking up it goes before a thread that computes, instead of waiting for the end of that one's turn of
    /// about 3 ms.
    /// </summary>
    public static void KeepInstants()
    {
        ProcessControl(SetTimerSlack, 1, 0, 0, 0);
        var attributes = default(Attributes);
        if (SystemCall(Numbers.Get, 0, &attributes, sizeof(Attributes), 0) != 0) return;
        (attributes.Size, attributes.Runtime) = ((uint)sizeof(Attributes), ShortestTurn);
        SystemCall(Numbers.Set, 0, &attributes, 0, 0);
    }

    /// <summary>Sets how much a thread of this process stands back: 0 not at all, 19 most (setpriority(2), which on Linux speaks of threads).</summary>
    public static void SetNice(int thread, int nice) => SetPriority(0, thread, nice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, nint thread, Attributes* attributes, nint third, nint fourth);

    // struct sched_attr as of its first version (sched_setattr(2)).
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
