namespace LoadTesting.Kubernetes.Client;

/// <summary>One line of a watch.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Object">The object; null for <see cref="WatchEventType.Bookmark"/> and <see cref="WatchEventType.Error"/>.</param>
/// <param name="ResourceVersion">The version to resume from after this event; empty for errors.</param>
/// <param name="Error">Why the server ends the watch; null otherwise.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion, ApiError? Error = null)
    where T : class;
