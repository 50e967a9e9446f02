namespace LoadTesting.Kubernetes.Client;

/// <summary>One thing wrong with the way to the cluster.</summary>
/// <param name="Source">The file or variable it stands in.</param>
/// <param name="Path">Where in it, e.g. <c>users[dev].user.exec.command</c>; empty for the whole.</param>
/// <param name="Message">What is wrong and what would be right. Never contains a credential.</param>
public sealed record ConfigProblem(string Source, string Path, string Message)
{
    /// <summary>In one line.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Source}: {Message}" : $"{Source}: {Path}: {Message}";
}
