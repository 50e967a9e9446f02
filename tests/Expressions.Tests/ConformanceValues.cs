using System.Globalization;
using System.Text.Json;

namespace LoadTesting.Expressions.Tests;

/// <summary>Reads the values and types of the CEL conformance files (their README has the format).</summary>
internal static class ConformanceValues
{
    public static CelValue Value(JsonElement tagged)
    {
        var property = tagged.EnumerateObject().Single();
        var value = property.Value;
        return property.Name switch
        {
            "null" => CelValue.Null,
            "bool" => CelValue.Of(value.GetBoolean()),
            "int" => CelValue.Of(long.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
            "uint" => CelValue.Of(ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
            "double" => CelValue.Of(value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble()),
            "string" => CelValue.Of(value.GetString()!),
            "bytes_base64" => CelValue.Of(value.GetBytesFromBase64()),
            "list" => CelValue.Of(CelList.Of([.. value.EnumerateArray().Select(Value)])),
            "map" => Map(value),
            "type" => CelValue.Of(NamedType(value.GetString()!)),
            "timestamp" => Call("timestamp", value.GetString()!),
            "duration" => Call("duration", value.GetString()!),
            var tag => throw new FormatException($"unknown tag {tag}"),
        };
    }

    public static CelType Type(JsonElement type) => type.ValueKind == JsonValueKind.String
        ? type.GetString() switch
        {
            "dyn" => CelType.Dyn,
            "timestamp" => CelType.Timestamp,
            "duration" => CelType.Duration,
            var name => NamedType(name!),
        }
        : type.TryGetProperty("list", out var element) ? CelType.List(Type(element))
        : CelType.Map(Type(type.GetProperty("map")[0]), Type(type.GetProperty("map")[1]));

    private static CelType NamedType(string name) =>
        new[]
        {
            CelType.Null, CelType.Bool, CelType.Int, CelType.UInt, CelType.Double, CelType.String, CelType.Bytes, CelType.AnyList, CelType.AnyMap, CelType.Timestamp,
            CelType.Duration, CelType.Type,
        }.Single(t => t.Name == name);

    private static CelValue Map(JsonElement entries)
    {
        // The public map has string keys only; other keys are made by the language itself.
        var literal = string.Join(", ", entries.EnumerateArray().Select(e => $"{Value(e[0])}: {Value(e[1])}"));
        return Cel.Run($"{{{literal}}}");
    }

    private static CelValue Call(string function, string text) => Cel.Run($"{function}('{text}')");
}
