using LoadTesting.Operator.Api.Schema;

namespace LoadTesting.Operator.Api;

/// <summary>What the operator must know again after a restart: its own memory is never the only copy.</summary>
public sealed record Bookkeeping
{
    /// <summary>Of a run: when it entered its phase.</summary>
    [Schema(Format = "date-time")]
    public string? PhaseTime { get; init; }

    /// <summary>Of a run: an outcome that is settled before the run has been wound up.</summary>
    public SettledOutcome? Settled { get; init; }

    /// <summary>Of a run: why the load was stopped early, Threshold or User.</summary>
    public string? StopCause { get; init; }

    /// <summary>Of a run: how long the load had lasted then, e.g. 12.5s.</summary>
    public string? StopAfter { get; init; }

    /// <summary>Of a run: how setup ended; absent before.</summary>
    public StageStatus? Setup { get; init; }

    /// <summary>Of a run: how verify ended; absent before.</summary>
    public StageStatus? Verify { get; init; }

    /// <summary>Of a run: how teardown ended; absent before.</summary>
    public StageStatus? Teardown { get; init; }

    /// <summary>Of a run: how many jobs of each part have had a Pod: such a Pod is never made again.</summary>
    public JobCounts? Jobs { get; init; }

    /// <summary>Of a run: what was seen of the target's Pods; absent without spec.observe.pods and at the end.</summary>
    public string? Observed { get; init; }

    /// <summary>Digest of what matters to a run: of a test, of the spec that was handled last; of a run, of what it was made with.</summary>
    public string? Cause { get; init; }

    /// <summary>Of a test: the number of what was handled last. It grows with every change that matters to a run, and with every rerun.</summary>
    public long? Sequence { get; init; }

    /// <summary>Of a test: whether a run of that number was made; not while the spec is invalid or suspended.</summary>
    public bool? Started { get; init; }

    /// <summary>Of a test: digest of the last value of the rerun annotation.</summary>
    public string? Rerun { get; init; }

    /// <summary>Of a test: uid of the test that this status is about. A status that was copied or restored to another object says nothing of it.</summary>
    public string? Uid { get; init; }
}

/// <summary>An outcome as the lifecycle settled it.</summary>
public sealed record SettledOutcome
{
    /// <summary>The verdict to be.</summary>
    public string? Verdict { get; init; }

    /// <summary>Its reason.</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence.</summary>
    public string? Message { get; init; }
}

/// <summary>How a stage that runs once ended.</summary>
public sealed record StageStatus
{
    /// <summary>Whether all its steps went well.</summary>
    public bool Ok { get; init; }

    /// <summary>What failed; absent when nothing did.</summary>
    public string? Message { get; init; }

    /// <summary>Why it could not be carried out, in CamelCase; absent when its own steps failed, or nothing did.</summary>
    public string? Reason { get; init; }
}

/// <summary>Numbers of jobs, by part.</summary>
public sealed record JobCounts
{
    /// <summary>In setup.</summary>
    public int Setup { get; init; }

    /// <summary>In verify.</summary>
    public int Verify { get; init; }

    /// <summary>In teardown.</summary>
    public int Teardown { get; init; }
}
