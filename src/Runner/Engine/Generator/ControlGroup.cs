using System.Globalization;

namespace LoadTesting.Runner.Engine.Generator;

/// <summary>
/// CPU quota and throttling of a process' control group, version 2 (<c>cpu.max</c>, <c>cpu.stat</c>: kernel documentation, admin-guide/cgroup-v2) or version 1
/// (<c>cpu.cfs_quota_us</c>, <c>cpu.cfs_period_us</c>, <c>cpu.stat</c>: scheduler/sched-bwc). The tightest quota on the way up to the root counts.
/// </summary>
internal sealed class ControlGroup
{
    private readonly Func<string, string?> _read;
    private readonly string? _statFile;

    /// <summary>The group of this process.</summary>
    /// <param name="read">Reads a file; null when there is none.</param>
    public ControlGroup(Func<string, string?> read)
    {
        _read = read;
        foreach (var (folder, isUnified) in Folders(read("/proc/self/cgroup") ?? ""))
        {
            if (QuotaOf(folder, isUnified) is not { } quota || !(quota < (Quota ?? double.PositiveInfinity))) continue;
            (Quota, _statFile) = (quota, folder + "/cpu.stat");
        }
    }

    /// <summary>CPUs that the quota allows; null without one.</summary>
    public double? Quota { get; }

    /// <summary>Time for which the group was held back since its beginning; null without a quota.</summary>
    public TimeSpan? Throttled => _statFile is null ? null : ThrottledOf(_read(_statFile) ?? "");

    private double? QuotaOf(string folder, bool isUnified)
    {
        if (isUnified)
        {
            var parts = (_read(folder + "/cpu.max") ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return parts.Length == 2 && Number(parts[0]) is { } most && Number(parts[1]) is > 0 and var of ? most / of : null;
        }

        return Number(_read(folder + "/cpu.cfs_quota_us")) is > 0 and var quota && Number(_read(folder + "/cpu.cfs_period_us")) is > 0 and var period ? quota / period : null;
    }

    private static TimeSpan? ThrottledOf(string statistics)
    {
        foreach (var line in statistics.Split('\n'))
        {
            var parts = line.Split(' ');
            if (parts.Length != 2 || Number(parts[1]) is not { } value) continue;
            if (parts[0] == "throttled_usec") return TimeSpan.FromMicroseconds(value);
            if (parts[0] == "throttled_time") return TimeSpan.FromMicroseconds(value / 1000);
        }

        return null;
    }

    /// <summary>The group's folder and those above it, in both hierarchies. Within a container the root of the mount is the container's own group.</summary>
    private static IEnumerable<(string Folder, bool IsUnified)> Folders(string membership)
    {
        foreach (var line in membership.Split('\n'))
        {
            // hierarchy-id:controllers:path
            var parts = line.Split(':', 3);
            if (parts.Length != 3) continue;
            var isUnified = parts[1].Length == 0;
            if (!isUnified && !parts[1].Split(',').Contains("cpu", StringComparer.Ordinal)) continue;
            foreach (var root in isUnified ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] : new[] { "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu" })
            {
                for (var path = parts[2].TrimEnd('/'); ; path = path[..path.LastIndexOf('/')])
                {
                    yield return (root + path, isUnified);
                    if (path.Length == 0) break;
                }
            }
        }
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Integer | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : null;
}
