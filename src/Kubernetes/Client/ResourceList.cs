namespace LoadTesting.Kubernetes.Client;

/// <summary>All pages of a list.</summary>
/// <param name="Items">In the server's order.</param>
/// <param name="ResourceVersion">The version from which a watch continues without a gap.</param>
public sealed record ResourceList<T>(IReadOnlyList<T> Items, string ResourceVersion);
