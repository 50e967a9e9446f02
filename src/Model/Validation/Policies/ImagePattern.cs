using System.Text;
using System.Text.RegularExpressions;

namespace LoadTesting.Model.Validation.Policies;

/// <summary>
/// A pattern of image references. <c>*</c> alone is every image. Otherwise the registry and the rest are compared one by one, both of the pattern and of the image written out as container runtimes do it
/// (<c>postgres:16</c> is <c>docker.io/library/postgres:16</c>). <c>*</c> in the registry stands for any characters of a host name, in the rest for any characters, slashes included; a pattern's rest without tag and digest
/// allows every tag and digest.
/// </summary>
internal static class ImagePattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static bool Matches(string pattern, string image)
    {
        if (pattern == PodPolicy.Everything)
        {
            return true;
        }

        var (host, rest) = Split(pattern);
        var (imageHost, imageRest) = Split(image);
        // A ':' or '@' in the rest begins a tag or a digest; without one in the pattern they are not looked at.
        return Like(host, imageHost, "[^/]*") && (Like(rest, imageRest, ".*") || (rest.IndexOfAny([':', '@']) < 0 && Like(rest, imageRest.Split(':', '@')[0], ".*")));
    }

    private static (string Host, string Name) Split(string reference)
    {
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : reference[..slash];
        // The rule of every container runtime: a first part with a dot or a port, or localhost, is a registry.
        var (host, rest) = first.AsSpan().IndexOfAny(".:*") >= 0 || first == "localhost" ? (first, reference[(slash + 1)..]) : ("docker.io", reference);
        return (host == "index.docker.io" ? "docker.io" : host, host is "docker.io" or "index.docker.io" && !rest.Contains('/', StringComparison.Ordinal) ? "library/" + rest : rest);
    }

    private static bool Like(string pattern, string text, string any)
    {
        var expression = new StringBuilder(@"\A").AppendJoin(any, pattern.Split('*').Select(Regex.Escape)).Append(@"\z").ToString();
        return Regex.IsMatch(text, expression, RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking, Patience);
    }
}
