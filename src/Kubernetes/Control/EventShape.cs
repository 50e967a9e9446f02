using System.Globalization;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Control;

/// <summary>What the API server accepts as an event.</summary>
internal static class EventShape
{
    private const int LongestNote = 1024;

    /// <summary>A first occurrence. Events of cluster-scoped objects live in the namespace <c>default</c>, as Kubernetes' own do.</summary>
    public static Event Of(EventNote note, DateTimeOffset at, string controller, string instance) => new()
    {
        Metadata = new ObjectMeta
        {
            // The usual form: the object's name and something unique; names are at most 253 characters.
            Name = $"{Cut(note.Regarding.Name ?? "unknown", 200)}.{Guid.NewGuid():N}",
            Namespace = string.IsNullOrEmpty(note.Regarding.Namespace) ? "default" : note.Regarding.Namespace,
        },
        EventTime = at,
        ReportingController = controller,
        ReportingInstance = Cut(instance, 128),
        Action = note.Action,
        Reason = note.Reason,
        Regarding = note.Regarding,
        Note = CutBytes(note.Note),
        Type = note.Type.ToString(),
    };

    /// <summary>A merge patch for one more occurrence.</summary>
    public static JsonObject Series(int count, DateTimeOffset at) => new()
    {
        ["series"] = new JsonObject
        {
            ["count"] = count,
            ["lastObservedTime"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        },
    };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private static string CutBytes(string text)
    {
        while (System.Text.Encoding.UTF8.GetByteCount(text) > LongestNote)
        {
            var excess = System.Text.Encoding.UTF8.GetByteCount(text) - LongestNote;
            var keep = Math.Max(0, text.Length - Math.Max(1, excess / 3));
            // Never half of a surrogate pair.
            text = text[..(keep > 0 && char.IsHighSurrogate(text[keep - 1]) ? keep - 1 : keep)];
        }

        return text;
    }
}
