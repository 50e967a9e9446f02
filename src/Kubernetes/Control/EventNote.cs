using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>What to report about an object.</summary>
/// <param name="Regarding">The object as read (it needs a uid to show up in <c>kubectl describe</c>).</param>
/// <param name="Type">How it is shown.</param>
/// <param name="Reason">Why, CamelCase, at most 128 characters.</param>
/// <param name="Action">What was done or failed, CamelCase, at most 128 characters.</param>
/// <param name="Note">For people; cut at 1 kB. Never a secret.</param>
public sealed record EventNote(ObjectReference Regarding, EventType Type, string Reason, string Action, string Note);
