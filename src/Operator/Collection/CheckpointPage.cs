namespace LoadTesting.Operator.Collection;

/// <summary>One ConfigMap of a checkpoint, as far as this process knows it. No I/O.</summary>
/// <param name="number">0-based.</param>
public sealed class CheckpointPage(int number)
{
    private readonly Dictionary<string, (int Bytes, bool IsUrgent)> _entries = new(StringComparer.Ordinal);

    /// <summary>0-based.</summary>
    public int Number { get; } = number;

    /// <summary>Whether somebody may have written it of whom this process does not know: it is read before it is written.</summary>
    public bool MustRead { get; private set; } = true;

    /// <summary>Whether a ConfigMap of that name belongs to somebody else: it is left alone.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>The version that the next write replaces; null when there is no such ConfigMap.</summary>
    public string? Version { get; private set; }

    /// <summary>Whether something stands on it that this process knows of.</summary>
    public bool HasEntries => _entries.Count > 0;

    /// <summary>
    /// Which of the entries to write, and which that stand there to give up for them, so that the page keeps within its budget. What cannot be had again comes first, then what is
    /// small; of the others, what stood there before stays.
    /// </summary>
    /// <param name="wanted">Keys, packed sizes, and whether they cannot be had again.</param>
    /// <param name="budget">Most bytes of the page.</param>
    public (IReadOnlyList<string> Write, IReadOnlyList<string> GiveUp) Fit(IEnumerable<(string Key, int Bytes, bool IsUrgent)> wanted, int budget = CheckpointBook.PageBudget)
    {
        var (write, giveUp) = (new List<string>(), new List<string>());
        var standing = new Dictionary<string, (int Bytes, bool IsUrgent)>(_entries, StringComparer.Ordinal);
        foreach (var (key, bytes, isUrgent) in wanted.OrderBy(w => !w.IsUrgent).ThenBy(w => w.Bytes).ThenBy(w => w.Key, StringComparer.Ordinal))
        {
            var before = standing.TryGetValue(key, out var old) ? old.Bytes : 0;
            var others = standing.Values.Sum(e => e.Bytes) - before;
            // Nothing is given up for what would not fit even then.
            if (isUrgent && bytes + standing.Where(e => e.Value.IsUrgent && e.Key != key).Sum(e => e.Value.Bytes) <= budget)
            {
                foreach (var (loser, entry) in standing.Where(e => !e.Value.IsUrgent && e.Key != key).OrderByDescending(e => e.Value.Bytes).ToList())
                {
                    if (others + bytes <= budget)
                    {
                        break;
                    }

                    others -= entry.Bytes;
                    standing.Remove(loser);
                    giveUp.Add(loser);
                }
            }

            if (others + bytes <= budget)
            {
                standing[key] = (bytes, isUrgent);
                write.Add(key);
            }
        }

        return (write, giveUp);
    }

    /// <summary>It is as it was read, or there is none.</summary>
    public void Read(string? version, IEnumerable<(string Key, int Bytes)> entries)
    {
        (MustRead, Version) = (false, version);
        _entries.Clear();
        foreach (var (key, bytes) in entries)
        {
            _entries[key] = (bytes, false);
        }
    }

    /// <summary>It belongs to somebody else.</summary>
    public void LeaveAlone() => (MustRead, IsForeign) = (false, true);

    /// <summary>It was written.</summary>
    public void Wrote(string? version, IEnumerable<(string Key, int Bytes, bool IsUrgent)> written, IEnumerable<string> givenUp)
    {
        Version = version;
        foreach (var key in givenUp)
        {
            _entries.Remove(key);
        }

        foreach (var (key, bytes, isUrgent) in written)
        {
            _entries[key] = (bytes, isUrgent);
        }
    }

    /// <summary>Somebody else wrote it meanwhile, or took it away.</summary>
    public void Lost() => MustRead = true;
}
