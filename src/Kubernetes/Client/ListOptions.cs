namespace LoadTesting.Kubernetes.Client;

/// <summary>Which objects to list.</summary>
public sealed record ListOptions
{
    /// <summary>Null = all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>Kubernetes' selector syntax, e.g. <c>app=shop,tier!=db</c>; null = all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>E.g. <c>spec.nodeName=n1</c>; null = all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects per page; default 500, as Kubernetes' own clients ask for.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>"0" lets the server answer from its cache; null (default) is the most recent state.</summary>
    public string? ResourceVersion { get; init; }
}
