using System.Diagnostics.CodeAnalysis;

namespace LoadTesting.Model.Networking;

/// <summary>
/// Host names and patterns with a leading <c>*</c>, which stands for any beginning, also an empty one. Letters' case means nothing. An exact name comes before patterns, a
/// longer pattern before a shorter one.
/// </summary>
/// <typeparam name="T">What is found.</typeparam>
public sealed class HostPatterns<T>
{
    private readonly Dictionary<string, T> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly (string Ending, T Value)[] _endings;

    /// <summary>Patterns of which all are valid; of equal ones the first counts.</summary>
    public HostPatterns(IEnumerable<KeyValuePair<string, T>> patterns)
    {
        var endings = new List<(string Ending, T Value)>();
        foreach (var (pattern, value) in patterns)
        {
            if (pattern.StartsWith('*'))
            {
                endings.Add((pattern[1..], value));
            }
            else
            {
                _names.TryAdd(pattern, value);
            }
        }

        _endings = [.. endings.OrderByDescending(e => e.Ending.Length)];
    }

    /// <summary>Whether there is no pattern at all.</summary>
    public bool IsEmpty => _names.Count == 0 && _endings.Length == 0;

    /// <summary>What stands for a host.</summary>
    public bool TryFind(string host, [MaybeNullWhen(false)] out T value)
    {
        if (_names.TryGetValue(host, out value))
        {
            return true;
        }

        foreach (var (ending, found) in _endings)
        {
            if (host.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                value = found;
                return true;
            }
        }

        return false;
    }
}

/// <summary>What makes a pattern.</summary>
public static class HostPattern
{
    /// <summary>What is wrong with a pattern; null when nothing is.</summary>
    public static string? Wrong(string pattern)
    {
        var rest = pattern.StartsWith('*') ? pattern[1..] : pattern;
        return pattern.Length == 0 ? "a host's name is missing"
            : rest.Contains('*', StringComparison.Ordinal) ? "a '*' can stand at the beginning only, as in *.example.com"
            : rest.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')) ? "a host's name consists of letters, digits, '.', '-' and '_'; other scripts are written in Punycode"
            : null;
    }
}
