using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>What becomes of a note.</summary>
internal abstract record EventVerdict
{
    private EventVerdict()
    {
    }

    /// <summary>A new event.</summary>
    public sealed record Fresh : EventVerdict;

    /// <summary>One more occurrence of a written event.</summary>
    public sealed record Repeat(NamespacedName Event, int Count) : EventVerdict;

    /// <summary>The object had too many.</summary>
    public sealed record Suppressed : EventVerdict;
}
