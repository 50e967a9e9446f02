namespace LoadTesting.Kubernetes.Client;

/// <summary>How server-side apply resolves ownership of fields.</summary>
public sealed record ApplyOptions
{
    /// <summary>Who applies; one name per writer, kept over releases. 1 to 128 characters.</summary>
    public required string FieldManager { get; init; }

    /// <summary>Take over fields of other managers instead of failing with <see cref="ApiReason.Conflict"/>. Controllers do (default true): nobody reads their conflicts.</summary>
    public bool Force { get; init; } = true;
}
