using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LoadTesting.Runner.Target;

/// <summary>JSON request bodies, read without trust, and short answers.</summary>
internal static class JsonBodies
{
    /// <summary>The body; null when it is no JSON object.</summary>
    public static async Task<JsonDocument?> ReadAsync(HttpContext context)
    {
        try
        {
            var document = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A string field.</summary>
    public static bool TryString(this JsonDocument body, string name, out string value)
    {
        value = "";
        if (!body.RootElement.TryGetProperty(name, out var element) || element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        value = element.GetString()!;
        return true;
    }

    /// <summary>An integer field ≥ 0.</summary>
    public static bool TryCount(this JsonDocument body, string name, out int value)
    {
        value = 0;
        return body.RootElement.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value) && value >= 0;
    }

    /// <summary>Answers with a status and <c>{"error": message}</c>.</summary>
    public static Task FailAsync(this HttpContext context, int status, string message) =>
        context.AnswerAsync(status, w => w.WriteString("error", message));

    /// <summary>Answers with a status and an object.</summary>
    public static Task AnswerAsync(this HttpContext context, int status, Action<Utf8JsonWriter> fields)
    {
        context.Response.StatusCode = status;
        return TargetEndpoints.WriteJsonAsync(context, w =>
        {
            w.WriteStartObject();
            fields(w);
            w.WriteEndObject();
        });
    }
}
