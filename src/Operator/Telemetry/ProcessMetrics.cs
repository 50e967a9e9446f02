using System.Diagnostics;
using LoadTesting.Kubernetes.Telemetry;

namespace LoadTesting.Operator.Telemetry;

/// <summary>The process under the names that Prometheus' client libraries agree on.</summary>
internal static class ProcessMetrics
{
    /// <param name="registry">Where the metrics live.</param>
    public static void Observe(MetricRegistry registry)
    {
        var cpu = registry.Counter("process_cpu_seconds_total", "User and system CPU time spent.").Unlabelled;
        var resident = registry.Gauge("process_resident_memory_bytes", "Resident memory.").Unlabelled;
        var started = registry.Gauge("process_start_time_seconds", "Start time since the Unix epoch.").Unlabelled;
        var heap = registry.Gauge("dotnet_heap_bytes", "Memory on the managed heap.").Unlabelled;
        registry.BeforeCollect(() =>
        {
            using var process = Process.GetCurrentProcess();
            cpu.IncTo(process.TotalProcessorTime.TotalSeconds);
            resident.Set(process.WorkingSet64);
            started.Set((process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
            heap.Set(GC.GetTotalMemory(forceFullCollection: false));
        });
    }
}
