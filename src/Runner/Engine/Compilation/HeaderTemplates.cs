using LoadTesting.Expressions;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>A request's header fields; made once where nothing in them changes.</summary>
internal sealed class HeaderTemplates
{
    private readonly IReadOnlyList<(string Name, CelTemplate Value)> _fields;
    private readonly bool _encodesCredentials;
    private readonly KeyValuePair<string, string>[]? _constant;

    /// <summary>Fields.</summary>
    /// <param name="fields">In order.</param>
    /// <param name="probe">For what is constant.</param>
    /// <param name="encodesCredentials">Whether the value of Authorization is user:password, to be encoded for the basic scheme (RFC 7617).</param>
    public HeaderTemplates(IReadOnlyList<(string Name, CelTemplate Value)> fields, CelActivation probe, bool encodesCredentials = false)
    {
        (_fields, _encodesCredentials) = (fields, encodesCredentials);
        if (fields.All(f => f.Value.IsConstant)) _constant = Render(probe, out _);
    }

    /// <summary>The fields of this iteration; null with the reason when one cannot be made.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Build(CelActivation activation, out CelError? error)
    {
        error = null;
        return _constant ?? Render(activation, out error);
    }

    private KeyValuePair<string, string>[]? Render(CelActivation activation, out CelError? error)
    {
        var fields = new KeyValuePair<string, string>[_fields.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            var value = _fields[i].Value.Render(activation);
            if (value.IsError)
            {
                error = value.AsError;
                return null;
            }

            // A line break would let a value write header fields of its own.
            if (value.AsString.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            {
                error = new CelError(CelErrorCode.InvalidArgument, $"the value of header '{_fields[i].Name}' has a line break in it");
                return null;
            }

            var isSecret = _encodesCredentials && _fields[i].Name == "Authorization";
            fields[i] = new(_fields[i].Name, isSecret ? UrlCredentials.Basic(value.AsString) : value.AsString);
        }

        error = null;
        return fields;
    }
}
