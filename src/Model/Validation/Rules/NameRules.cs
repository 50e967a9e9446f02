using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Kubernetes' rules for the names in <c>metadata</c>.</summary>
internal static class NameRules
{
    private const int LongestLabel = 63;

    public static void CheckMetadata(LoadTestManifest manifest, ProblemList problems)
    {
        CheckLabel(manifest.Name, problems.Field("name"));
        if (manifest.Namespace is { } space)
        {
            CheckLabel(space, problems.Field("namespace"));
        }
    }

    /// <summary>Whether a text is a DNS-1123 label.</summary>
    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= LongestLabel && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static void CheckLabel(string text, ProblemList problems)
    {
        if (IsLabel(text))
        {
            return;
        }

        var near = new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).Trim('-');
        near = near.Length > LongestLabel ? near[..LongestLabel].Trim('-') : near;
        problems.Add(ProblemRules.Name, $"a name has 1 to {LongestLabel} lower-case letters, digits and '-', and begins and ends with a letter or digit", text, IsLabel(near) ? near : null);
    }
}
