namespace LoadTesting.Model.Spec;

/// <summary>
/// When the numbers of a run are not to be believed. Whatever breaks one of these limits makes the verdict Invalid, unless a threshold is proven broken all the
/// same. The defaults suit a generator that has a CPU to itself.
/// </summary>
public sealed record ValiditySpec
{
    /// <summary>Least share of its plan that every scenario must have delivered: iterations started, or VU time. 0…1. Default 99%.</summary>
    public Fraction DeliveredRatio { get; init; } = new(0.99);

    /// <summary>Most seconds of the load that the generator itself may have spoiled on any runner, 0…1; a single second never counts. Default 5%.</summary>
    public Fraction MaxTaintedSeconds { get; init; } = new(0.05);

    /// <summary>A second is spoiled when more than 1 % of its iterations of open models, and at least 2, began later than this after their instant. Default 10ms.</summary>
    public Duration MaxSendLag { get; init; } = Duration.FromMilliseconds(10);

    /// <summary>A second is spoiled when the generator used more than this share of the CPU that it may use, 0…1. Default 90%.</summary>
    public Fraction MaxGeneratorCpu { get; init; } = new(0.90);

    /// <summary>A second is spoiled when the kernel held the generator back, because of its CPU limit, for more than this share of it, 0…1. Default 5%.</summary>
    public Fraction MaxThrottled { get; init; } = new(0.05);

    /// <summary>A second is spoiled when the generator stood still in it for longer than this, or collected garbage for so long. Default 100ms.</summary>
    public Duration MaxStall { get; init; } = Duration.FromMilliseconds(100);

    /// <summary>Most time between the first and the last runner's start. Default 250ms.</summary>
    public Duration MaxStartSkew { get; init; } = Duration.FromMilliseconds(250);

    /// <summary>Least share of the plan whose samples must have arrived where lost runners are tolerated (<c>onLoss: continue</c> or <c>replace</c>), 0…1. Default 90%.</summary>
    public Fraction MinCoverage { get; init; } = new(0.90);

    /// <summary>Least share of the samples that <c>observe</c> asks for that must have come for a threshold on them to hold, 0…1. Default 90%.</summary>
    public Fraction ObservedRatio { get; init; } = new(0.90);
}
