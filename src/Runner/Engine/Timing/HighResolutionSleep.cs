using System.Runtime.InteropServices;

namespace LoadTesting.Runner.Engine.Timing;

/// <summary>Sleeps for less than a millisecond, which the platform's own sleep cannot.</summary>
internal static partial class HighResolutionSleep
{
    /// <summary>Blocks the calling thread; may return early (callers look at the clock again) and is late by some tens of microseconds.</summary>
    public static void For(long nanoseconds)
    {
        if (OperatingSystem.IsLinux())
        {
            var span = new Timespec { Nanoseconds = (nint)Math.Clamp(nanoseconds, 1, 999_999_999) };
            Sleep(in span, IntPtr.Zero);
        }
        else
        {
            Thread.Yield();
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in Timespec requested, IntPtr remaining);

    // struct timespec: both members are as wide as a pointer on every Linux that .NET runs on with 64-bit time.
    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
