using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>The one way to change a list of conditions. Lists are never changed in place; their order is kept, new types go to the end.</summary>
public static class Conditions
{
    /// <summary>The condition of a type, or null.</summary>
    public static Condition? Find(this IReadOnlyList<Condition> conditions, string type) => conditions.FirstOrDefault(c => c.Type == type);

    /// <summary>Whether a condition is present and True.</summary>
    public static bool IsTrue(this IReadOnlyList<Condition> conditions, string type) => conditions.Find(type)?.IsTrue == true;

    /// <summary>The list with this condition in it; lastTransitionTime moves only when the status of the type changes.</summary>
    /// <param name="condition">Its own lastTransitionTime is disregarded.</param>
    /// <param name="now">The present instant.</param>
    public static IReadOnlyList<Condition> With(this IReadOnlyList<Condition> conditions, Condition condition, DateTimeOffset now)
    {
        var old = conditions.Find(condition.Type);
        var since = old?.Status == condition.Status ? old.LastTransitionTime ?? now : now;
        var entry = condition with { LastTransitionTime = since };
        return old is null ? [.. conditions, entry] : [.. conditions.Select(c => c.Type == condition.Type ? entry : c)];
    }

    /// <summary>The list without a type.</summary>
    public static IReadOnlyList<Condition> Without(this IReadOnlyList<Condition> conditions, string type) => [.. conditions.Where(c => c.Type != type)];
}
