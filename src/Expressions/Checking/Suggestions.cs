namespace LoadTesting.Expressions.Checking;

/// <summary>Finds what was probably meant.</summary>
internal static class Suggestions
{
    /// <summary>
    /// The name nearest to the written one: at most a third of its letters wrong (Damerau-Levenshtein distance, so that swapped
    /// letters count once), or equal but for case. Null when nothing is near.
    /// </summary>
    public static string? Nearest(string written, IEnumerable<string> names)
    {
        var limit = Math.Max(1, written.Length / 3);
        var best = names.Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: Distance(written, name, limit)))
            .Where(candidate => candidate.Distance <= limit && candidate.Distance < Math.Max(written.Length, candidate.Name.Length))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name;
    }

    private static int Distance(string a, string b, int limit)
    {
        if (string.Equals(a, b, StringComparison.OrdinalIgnoreCase))
        {
            return a == b ? 0 : 1;
        }

        if (Math.Abs(a.Length - b.Length) > limit || a.Length > 64)
        {
            return int.MaxValue;
        }

        var rows = new int[3][];
        for (var i = 0; i < 3; i++)
        {
            rows[i] = new int[b.Length + 1];
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0][j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var (row, last, before) = (rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3]);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
        }

        return rows[a.Length % 3][b.Length];
    }
}
