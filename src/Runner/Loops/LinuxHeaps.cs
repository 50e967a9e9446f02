using System.Runtime.InteropServices;

namespace LoadTesting.Runner.Loops;

/// <summary>The C library's heaps, in which the runtime's compiler works.</summary>
internal static partial class LinuxHeaps
{
    // mallopt(3): M_TRIM_THRESHOLD, M_MMAP_THRESHOLD.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int Threshold = 64 * 1024;

    /// <summary>
    /// Has large pieces be mappings of their own, which go back to the system when they are freed. Left to itself glibc learns from the first such pieces to keep them instead, and what
    /// the compiler needed in the first seconds of a load, several megabytes, stays with each runner to its end. Nothing where the C library has no such setting.
    /// </summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            Set(MapThreshold, Threshold);
            Set(TrimThreshold, Threshold);
        }
        catch (EntryPointNotFoundException)
        {
            // Not every C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
