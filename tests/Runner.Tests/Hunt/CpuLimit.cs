using System.Globalization;

namespace LoadTesting.Runner.Tests.Hunt;

/// <summary>A control group with a CPU quota that can be tightened while its process runs, as a node does to a container; version 1 and 2 of the kernel's interface.</summary>
internal sealed class CpuLimit : IAsyncDisposable
{
    private const int Period = 100_000;

    private readonly string _folder;
    private readonly bool _isUnified;

    private CpuLimit(string folder, bool isUnified) => (_folder, _isUnified) = (folder, isUnified);

    /// <summary>Whether this process may make one: root, and a CPU controller that is not given away.</summary>
    public static bool IsPossible { get; } = Probe();

    /// <summary>What a shell does to enter it.</summary>
    public string Enter => $"echo $$ > {_folder}/cgroup.procs; ";

    /// <summary>A new group, with a quota so wide that it never binds.</summary>
    public static CpuLimit Create()
    {
        var isUnified = File.Exists("/sys/fs/cgroup/cgroup.controllers");
        var limit = new CpuLimit(Directory.CreateDirectory($"/sys/fs/cgroup/{(isUnified ? "" : "cpu/")}loadtest-hunt-{Guid.NewGuid():N}").FullName, isUnified);
        limit.Set(64);
        return limit;
    }

    /// <summary>Sets the quota.</summary>
    /// <param name="cores">CPUs; at least 0.01, the kernel's least.</param>
    public void Set(double cores)
    {
        var quota = ((int)(cores * Period)).ToString(CultureInfo.InvariantCulture);
        if (_isUnified)
        {
            File.WriteAllText($"{_folder}/cpu.max", $"{quota} {Period}");
        }
        else
        {
            File.WriteAllText($"{_folder}/cpu.cfs_period_us", Period.ToString(CultureInfo.InvariantCulture));
            File.WriteAllText($"{_folder}/cpu.cfs_quota_us", quota);
        }
    }

    /// <summary>Removes the group; its processes have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        // The kernel lets go of a process a moment after its end was told.
        for (var i = 0; i < 100 && Directory.Exists(_folder); i++)
        {
            try
            {
                Directory.Delete(_folder);
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
        }
    }

    private static bool Probe()
    {
        try
        {
            var limit = Create();
            Directory.Delete(limit._folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
