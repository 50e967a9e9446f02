using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LoadTesting.Model.Observing;

/// <summary>What the operator asks a runner to ask Prometheus, and the answers, as JSON.</summary>
public static class ObservationMessages
{
    /// <summary><c>{"start":"RFC 3339 instant","due":[{"name":…,"from":0,"to":3}]}</c></summary>
    public static string Question(DateTimeOffset start, IReadOnlyList<QueryDue> due) => Write(writer =>
    {
        writer.WriteString("start", start.ToUniversalTime());
        writer.WriteStartArray("due");
        foreach (var (name, from, to) in due)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteNumber("from", from);
            writer.WriteNumber("to", to);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>Reads a question; null when it is none.</summary>
    public static (DateTimeOffset Start, IReadOnlyList<QueryDue> Due)? ReadQuestion(string text) => Read<(DateTimeOffset, IReadOnlyList<QueryDue>)?>(text, root =>
        (root.GetProperty("start").GetDateTimeOffset(), [.. root.GetProperty("due").EnumerateArray().Select(d => new QueryDue(
            d.GetProperty("name").GetString()!, NotNegative(d, "from"), Math.Max(NotNegative(d, "from"), d.GetProperty("to").GetInt32())))]));

    /// <summary><c>{"answers":[{"name":…,"from":0,"to":3,"values":[[0,1.5],…],"error":…}]}</c></summary>
    public static string Answers(IReadOnlyList<QueryAnswer> answers) => Write(writer =>
    {
        writer.WriteStartArray("answers");
        foreach (var answer in answers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", answer.Name);
            writer.WriteNumber("from", answer.From);
            writer.WriteNumber("to", answer.To);
            writer.WriteNumber("ambiguous", answer.Ambiguous);
            writer.WriteString("error", answer.Error);
            writer.WriteString("note", answer.Note);
            writer.WriteStartArray("values");
            foreach (var value in answer.Values)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(value.At);
                writer.WriteNumberValue(value.Value);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>Reads answers; null when the text is none.</summary>
    public static IReadOnlyList<QueryAnswer>? ReadAnswers(string text) => Read<IReadOnlyList<QueryAnswer>>(text, root =>
        [.. root.GetProperty("answers").EnumerateArray().Select(a => new QueryAnswer(
            a.GetProperty("name").GetString()!,
            NotNegative(a, "from"),
            NotNegative(a, "to"),
            [.. a.GetProperty("values").EnumerateArray().Select(v => new ObservedValue(v[0].GetInt32(), v[1].GetDouble())).Where(v => double.IsFinite(v.Value))])
        {
            Ambiguous = NotNegative(a, "ambiguous"), Error = a.GetProperty("error").GetString(), Note = a.GetProperty("note").GetString(),
        })]);

    private static int NotNegative(JsonElement item, string name) => item.GetProperty(name).GetInt32() is >= 0 and var number ? number : throw new FormatException($"{name} is negative");

    private static string Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static T? Read<T>(string text, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return default;
        }
    }
}
