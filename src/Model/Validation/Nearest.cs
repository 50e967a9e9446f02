namespace LoadTesting.Model.Validation;

/// <summary>Finds what was probably meant by a word that is none of the known ones.</summary>
public static class Nearest
{
    private const int LongestWord = 64;

    /// <summary>
    /// The candidate nearest to <paramref name="written"/>: equal but for case and separators, or at most a third of its letters wrong (swapped neighbours
    /// count once), or the beginning of one (or the other way round). Null when none is near.
    /// </summary>
    public static string? To(string written, IEnumerable<string> candidates)
    {
        if (written.Length is 0 or > LongestWord)
        {
            return null;
        }

        var limit = Math.Max(1, written.Length / 3);
        var best = candidates
            .Where(c => c.Length is > 0 and <= LongestWord)
            .Select(c => (Name: c, Distance: Bare(c) == Bare(written) ? 0 : IsShortened(written, c) ? 1 : Distance(written, c)))
            .Where(c => c.Distance <= limit && c.Distance < c.Name.Length)
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name;
    }

    private static bool IsShortened(string a, string b) =>
        Math.Min(a.Length, b.Length) >= 3 && (a.StartsWith(b, StringComparison.OrdinalIgnoreCase) || b.StartsWith(a, StringComparison.OrdinalIgnoreCase));

    private static string Bare(string word) => string.Concat(word.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Optimal string alignment distance, over three rolling rows.</summary>
    private static int Distance(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(changed, 1 + Math.Min(row[j - 1], last[j]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
