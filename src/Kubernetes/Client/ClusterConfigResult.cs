namespace LoadTesting.Kubernetes.Client;

/// <summary>The way to a cluster, or everything that is wrong with it.</summary>
/// <param name="Config">Null when there are problems.</param>
/// <param name="Problems">Empty when there is a config.</param>
public sealed record ClusterConfigResult(ClusterConfig? Config, IReadOnlyList<ConfigProblem> Problems);
