using System.Text;
using LoadTesting.Expressions;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>
/// A request's URL. Relative ones are put behind the target, path and all: <c>http://host/api</c> and <c>/users</c> are <c>http://host/api/users</c>. Query
/// values are escaped, values inside the URL text are not: they may be whole paths.
/// </summary>
internal sealed class UrlTemplate
{
    private readonly string? _target;
    private readonly CelTemplate _url;
    private readonly IReadOnlyList<(string Name, CelTemplate Value)> _query;
    private readonly Uri? _constant;

    public UrlTemplate(string? target, CelTemplate url, IReadOnlyList<(string Name, CelTemplate Value)> query, CelActivation probe)
    {
        (_target, _url, _query) = (target, url, query);
        if (url.IsConstant && query.All(q => q.Value.IsConstant) && TryBuild(probe, out var text, out _)) _constant = Parse(text);
    }

    /// <summary>The URL of this iteration; null with the reason when an expression failed, null without one when the text is no http(s) URL.</summary>
    public Uri? Build(CelActivation activation, out CelError? error)
    {
        error = null;
        if (_constant is not null) return _constant;
        return TryBuild(activation, out var text, out error) ? Parse(text) : null;
    }

    /// <summary>The URL of a text; null when it is no absolute http(s) URL.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    /// <summary>Whether an absolute URL stands there.</summary>
    public static bool IsAbsolute(string url) =>
        url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private bool TryBuild(CelActivation activation, out string text, out CelError? error)
    {
        text = "";
        error = null;
        var path = _url.Render(activation);
        if (path.IsError)
        {
            error = path.AsError;
            return false;
        }

        text = Join(path.AsString);
        if (_query.Count == 0) return true;
        var whole = new StringBuilder(text);
        foreach (var (name, template) in _query)
        {
            var value = template.Render(activation);
            if (value.IsError)
            {
                error = value.AsError;
                return false;
            }

            whole.Append(text.Contains('?', StringComparison.Ordinal) || whole.Length > text.Length ? '&' : '?')
                .Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value.AsString));
        }

        text = whole.ToString();
        return true;
    }

    private string Join(string url)
    {
        if (_target is null || IsAbsolute(url)) return url;
        if (url.Length == 0) return _target;
        return url[0] is '/' or '?' or '#' ? _target.TrimEnd('/') + url : _target.TrimEnd('/') + "/" + url;
    }
}
