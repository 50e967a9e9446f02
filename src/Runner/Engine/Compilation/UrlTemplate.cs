using System.Text;
using LoadTesting.Expressions;
using LoadTesting.Runner.Http;

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

    /// <inheritdoc cref="RequestUrl.Parse"/>
    public static Uri? Parse(string text) => RequestUrl.Parse(text);

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
        var whole = new StringBuilder();
        foreach (var (name, template) in _query)
        {
            var value = template.Render(activation);
            if (value.IsError)
            {
                error = value.AsError;
                return false;
            }

            if (whole.Length > 0) whole.Append('&');
            whole.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value.AsString));
        }

        text = RequestUrl.WithQuery(text, whole.ToString());
        return true;
    }

    private string Join(string url)
    {
        if (_target is null || IsAbsolute(url)) return url;
        if (url.Length == 0) return _target;
        return url[0] is '/' or '?' or '#' ? _target.TrimEnd('/') + url : _target.TrimEnd('/') + "/" + url;
    }
}
