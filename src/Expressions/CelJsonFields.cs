using System.Text.Json;
using LoadTesting.Expressions.Json;

namespace LoadTesting.Expressions;

/// <summary>
/// Fields of JSON documents, taken out in one pass over the text where nothing else of a document is wanted: cheaper than a
/// <see cref="CelJsonDocument"/>. It gives what is simple, and leaves everything else, errors with it, to the document.
/// </summary>
public sealed class CelJsonFields
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = CelJson.MaxDepth };

    private readonly FieldNode _root;

    private CelJsonFields(FieldNode root) => _root = root;

    /// <summary>The fields that expressions read of a variable; null when one of them wants the variable as a whole, or none reads it.</summary>
    public static CelJsonFields? ReadBy(IEnumerable<CelProgram> programs, string variable)
    {
        var paths = programs.SelectMany(p => p.Reads).Where(r => r.Variable == variable).Select(r => r.Fields).ToList();
        return paths.Count == 0 || paths.Exists(p => p.IsEmpty) ? null : new CelJsonFields(FieldNode.Of(paths));
    }

    /// <summary>
    /// A map that has of the document's fields those that are read and exist, valid for ever; false when the text is not JSON, is no object, or has a list or an
    /// object where a value is read or something else where an object is.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> utf8, out CelValue value)
    {
        value = default;
        if (JsonReading.ProblemOfText(utf8) is not null)
        {
            return false;
        }

        var reader = new Utf8JsonReader(utf8, Options);
        var values = new CelValue?[_root.End];
        try
        {
            // The last Read finds the end of the text, or what must not be behind the document.
            if (!reader.Read() || !TryObject(ref reader, _root, values) || reader.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        value = CelValue.Of(new FieldMap(_root, values));
        return true;
    }

    private static bool TryObject(ref Utf8JsonReader reader, FieldNode node, CelValue?[] values)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        // Of properties with one name the last counts, with all that is in it.
        values.AsSpan((node.Index + 1)..node.End).Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = node.Find(ref reader);
            _ = reader.Read();
            if (field is null)
            {
                reader.Skip();
            }
            else if (!(field.IsRead ? TryScalar(ref reader, out values[field.Index]) : TryObject(ref reader, field, values)))
            {
                return false;
            }
            else if (!field.IsRead)
            {
                values[field.Index] = CelValue.Of(new FieldMap(field, values));
            }
        }

        return true;
    }

    private static bool TryScalar(ref Utf8JsonReader reader, out CelValue? value)
    {
        value = reader.TokenType switch
        {
            JsonTokenType.String => CelValue.Of(reader.GetString()!),
            JsonTokenType.Number => reader.TryGetInt64(out var whole) ? CelValue.Of(whole) : CelValue.Of(reader.GetDouble()),
            JsonTokenType.True => CelValue.True,
            JsonTokenType.False => CelValue.False,
            JsonTokenType.Null => CelValue.Null,
            _ => null,
        };
        return value is not null;
    }
}
