using System.Text.Json.Nodes;

namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>One write.</summary>
internal sealed record FakeChange(long Version, string Collection, string Key, JsonObject? Before, JsonObject? After)
{
    /// <summary>The event of it for a watch that sees the objects for which <paramref name="isSeen"/> holds; null when it is none of its business.</summary>
    public (string Type, JsonObject Object)? Seen(Func<JsonObject, bool> isSeen)
    {
        var before = Before is not null && isSeen(Before);
        var after = After is not null && isSeen(After);
        return (before, after) switch
        {
            (false, true) => ("ADDED", After!),
            (true, true) => ("MODIFIED", After!),
            (true, false) => ("DELETED", Final()),
            _ => null,
        };
    }

    private JsonObject Final()
    {
        var final = (JsonObject)Before!.DeepClone();
        final["metadata"]!["resourceVersion"] = Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return final;
    }
}
