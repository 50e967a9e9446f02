using System.Globalization;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Engine.Generator;

/// <summary>Reads the process itself: the runtime's counters, its control group, <c>/proc</c>. On systems without these the readings are null.</summary>
public sealed class SystemProbe : IGeneratorProbe
{
    private static readonly ControlGroup Group = new(ReadFile);

    private readonly double? _mostFiles = MostFiles(ReadFile("/proc/self/limits") ?? "");

    /// <summary>CPUs that the process may use: its quota, else its cores.</summary>
    public static double CpuLimit => Math.Min(Group.Quota ?? double.PositiveInfinity, Environment.ProcessorCount);

    /// <inheritdoc/>
    public GeneratorReading Read() => new(
        Environment.CpuUsage.TotalTime,
        CpuLimit,
        Group.Throttled,
        GC.GetTotalPauseDuration(),
        _mostFiles is { } most && CountFiles() is { } open ? open / most : null);

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Since Linux 6.2 the folder's size is the number; counting its entries costs the platform two more system calls for each, which with ten thousand connections is felt.
    private static long? CountFiles()
    {
        try
        {
            if (OperatingSystem.IsLinux() && Linux.SizeOf("/proc/self/fd"u8) is > 0 and var count) return count;
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a free descriptor the folder cannot be read either.
            return null;
        }
    }

    /// <summary>The soft limit in the line <c>Max open files  1024  4096  files</c>.</summary>
    private static double? MostFiles(string limits)
    {
        foreach (var line in limits.Split('\n').Where(l => l.StartsWith("Max open files", StringComparison.Ordinal)))
        {
            var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            if (double.TryParse(soft, NumberStyles.Integer, CultureInfo.InvariantCulture, out var most) && most > 0) return most;
        }

        return null;
    }
}
