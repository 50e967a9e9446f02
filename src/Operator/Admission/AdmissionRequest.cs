using System.Text.Json;

namespace LoadTesting.Operator.Admission;

/// <summary>What the API server asks: the request of an AdmissionReview (admission.k8s.io/v1).</summary>
/// <param name="Uid">Identifies the question; the answer repeats it.</param>
/// <param name="Kind">Kind of the object.</param>
/// <param name="Operation">CREATE, UPDATE, DELETE or CONNECT.</param>
/// <param name="Name">The object's name; empty when it will be generated.</param>
/// <param name="Object">The object as it would become; undefined when it is deleted.</param>
/// <param name="OldObject">The object as it is; undefined when it is created.</param>
public sealed record AdmissionRequest(string Uid, string Kind, string Operation, string Name, JsonElement Object, JsonElement OldObject)
{
    /// <summary>The object's namespace; empty for an object without one.</summary>
    public string Space { get; init; } = "";

    /// <summary>Reads an AdmissionReview.</summary>
    /// <returns>Null when it is none of version v1 with a request.</returns>
    public static AdmissionRequest? Read(JsonElement review)
    {
        if (Text(review, "apiVersion") != AdmissionAnswer.ApiVersion || Text(review, "kind") != AdmissionAnswer.ReviewKind
            || Member(review, "request") is not { ValueKind: JsonValueKind.Object } request
            || Text(request, "uid") is not { Length: > 0 } uid)
        {
            return null;
        }

        return new AdmissionRequest(
            uid, Text(Member(request, "kind"), "kind"), Text(request, "operation"), Text(request, "name"), Member(request, "object"), Member(request, "oldObject")) { Space = Text(request, "namespace") };
    }

    /// <summary>A member of an object; undefined when there is none.</summary>
    internal static JsonElement Member(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;

    /// <summary>Whether two values are the same, or both are missing.</summary>
    internal static bool Same(JsonElement one, JsonElement other) =>
        one.ValueKind == JsonValueKind.Undefined || other.ValueKind == JsonValueKind.Undefined ? one.ValueKind == other.ValueKind : JsonElement.DeepEquals(one, other);

    /// <summary>A text member; empty when there is none.</summary>
    internal static string Text(JsonElement item, string name) => Member(item, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
}
