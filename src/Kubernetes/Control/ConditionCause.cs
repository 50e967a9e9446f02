using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>Why a condition has the status it has.</summary>
/// <param name="Reason">CamelCase, documented, for machines.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="ObservedGeneration">The generation that was looked at.</param>
public sealed record ConditionCause(string Reason, string Message, long ObservedGeneration)
{
    /// <summary>The condition of this cause; its transition time is set by <see cref="Conditions.With"/>.</summary>
    public Condition As(string type, string status) => new()
    {
        Type = type,
        Status = status,
        Reason = Reason,
        Message = Message,
        ObservedGeneration = ObservedGeneration,
    };
}
