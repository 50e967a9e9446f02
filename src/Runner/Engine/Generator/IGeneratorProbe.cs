namespace LoadTesting.Runner.Engine.Generator;

/// <summary>Reads what the generator's process has used up to now. Called about once a second.</summary>
public interface IGeneratorProbe
{
    /// <summary>The present readings.</summary>
    GeneratorReading Read();
}

/// <summary>Totals since the beginning of the process or its control group; what cannot be read on this system is null.</summary>
/// <param name="CpuTime">CPU time of the process, user and system.</param>
/// <param name="CpuLimit">CPUs that the process may use: its quota, else its cores; &gt; 0.</param>
/// <param name="ThrottledTime">Time for which the kernel held the control group back; null without a quota.</param>
/// <param name="GcPause">Time that garbage collection held all threads.</param>
/// <param name="FileShare">Open file descriptors ÷ the limit.</param>
public readonly record struct GeneratorReading(TimeSpan CpuTime, double CpuLimit, TimeSpan? ThrottledTime, TimeSpan GcPause, double? FileShare);
