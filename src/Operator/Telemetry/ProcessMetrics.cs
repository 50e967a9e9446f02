using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LoadTesting.Operator.Telemetry;

/// <summary>The process under the names that Prometheus' client libraries agree on.</summary>
internal static class ProcessMetrics
{
    /// <param name="meter">Where the instruments live.</param>
    public static void Observe(Meter meter)
    {
        meter.CreateObservableCounter("process_cpu_seconds_total", () => Look(p => p.TotalProcessorTime.TotalSeconds), "s", "User and system CPU time spent.");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => Look(p => p.WorkingSet64), "By", "Resident memory.");
        meter.CreateObservableGauge(
            "process_start_time_seconds", () => Look(p => (p.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds), "s", "Start time since the Unix epoch.");
        meter.CreateObservableGauge("dotnet_heap_bytes", () => (double)GC.GetTotalMemory(forceFullCollection: false), "By", "Memory on the managed heap.");
    }

    private static double Look(Func<Process, double> look)
    {
        using var process = Process.GetCurrentProcess();
        return look(process);
    }
}
