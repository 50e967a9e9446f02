using LoadTesting.Runner.Engine.Generator;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadTesting.Runner.Engine;

/// <summary>What an engine takes from its host.</summary>
public sealed record EngineOptions
{
    /// <summary>All time. With <see cref="TimeProvider.System"/> the engine keeps instants to some tens of microseconds.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where errors are said, each once. Default nowhere.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Seed of <c>uuid()</c> and the random functions; null = another one for each run, so that two runs do not make the same ids.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Reads what the process uses; null = the process itself where time is the system's, nothing where time is made up.</summary>
    public IGeneratorProbe? Probe { get; init; }

    /// <summary>Whether preparing has the platform compile the path of a request, by a small load to a loopback socket of its own. Once per process. Default true.</summary>
    public bool WarmsUp { get; init; } = true;
}
