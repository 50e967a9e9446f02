using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;
using LoadTesting.Model.Validation.Policies;

namespace LoadTesting.Operator.Api;

/// <summary>
/// What the owner of an operator allows tests, which the manifest's format does not know. Asked in admission and before a run begins; a run that has begun under another policy goes on.
/// </summary>
public sealed record TestPolicy
{
    /// <summary>What holds where nothing is said.</summary>
    public static readonly TestPolicy Standard = new();

    /// <summary>Nothing is refused: for runs that were let through when they began.</summary>
    public static readonly TestPolicy Unlimited = new() { Observe = ObservePolicy.Everything, Pods = PodPolicy.Unlimited };

    /// <summary>Whose Pods tests may observe. Default nobody's.</summary>
    public ObservePolicy Observe { get; init; } = ObservePolicy.Nothing;

    /// <summary>What tests may put into Pods.</summary>
    public PodPolicy Pods { get; init; } = new();

    /// <summary>The rules for the tests of one namespace, for <see cref="SpecValidator"/>.</summary>
    /// <param name="space">The namespace.</param>
    public Func<LoadTestSpec, IEnumerable<Problem>> For(string? space) => spec => Observe.Check(spec, space) is { } problem ? [.. Pods.Check(spec), problem] : Pods.Check(spec);
}
