namespace LoadTesting.Kubernetes.Objects;

/// <summary>Whether a kind of our own is served.</summary>
public sealed record CustomResourceDefinitionStatus
{
    /// <summary><c>NamesAccepted</c>, <c>Established</c> (served), <c>NonStructuralSchema</c>.</summary>
    public IReadOnlyList<Condition> Conditions { get; init => field = value ?? []; } = [];
}
