namespace LoadTesting.Model.Spec;

/// <summary>
/// Lays one spec over another, as JSON Merge Patch does (RFC 7396): mappings merge entry by entry, a null removes an entry, everything else (lists too) replaces what was
/// there. Two things follow from what scenarios are: one that gets another executor loses the fields that were the old executor's own, and <c>exec</c> and <c>mix</c>
/// replace each other. Merging twice changes nothing more.
/// </summary>
internal static class SpecMerge
{
    private static readonly string[] CommonFields = ["startTime", "gracefulStop", "exec", "mix", "minIterationDuration", "env", "tags", "options"];

    /// <summary>A whole spec with a patch laid over it.</summary>
    public static SpecMap Apply(SpecMap spec, SpecMap patch) => Merge(spec, patch, (key, below, above) => key == "scenarios" ? Scenarios(below, above) : Value(below, above));

    private static SpecNode Scenarios(SpecNode? below, SpecNode above) => above is SpecMap patch
        ? Merge(below as SpecMap, patch, (_, one, other) => one is SpecMap scenario && other is SpecMap change ? Value(Prepared(scenario, change), change) : Value(one, other))
        : above;

    /// <summary>A scenario without what the change makes meaningless.</summary>
    private static SpecMap Prepared(SpecMap scenario, SpecMap change)
    {
        var entries = scenario.Entries.AsEnumerable();
        if (change["executor"] is SpecScalar executor && (scenario["executor"] as SpecScalar)?.Text != executor.Text)
        {
            entries = entries.Where(e => CommonFields.Contains(e.Key, StringComparer.Ordinal));
        }

        if (change["exec"] is not null || change["mix"] is not null)
        {
            entries = entries.Where(e => e.Key is not ("exec" or "mix"));
        }

        return scenario with { Entries = [.. entries] };
    }

    private static SpecNode Value(SpecNode? below, SpecNode above) => above is SpecMap patch ? Merge(below as SpecMap, patch, (_, b, a) => Value(b, a)) : above;

    private static SpecMap Merge(SpecMap? below, SpecMap patch, Func<string, SpecNode?, SpecNode, SpecNode> merge)
    {
        var entries = new List<SpecEntry>(below?.Entries ?? []);
        foreach (var entry in patch.Entries)
        {
            var index = entries.FindIndex(e => e.Key == entry.Key);
            if (entry.Value is SpecScalar { Kind: ScalarKind.Null })
            {
                if (index >= 0)
                {
                    entries.RemoveAt(index);
                }

                continue;
            }

            // Below a key that is new nothing can be removed either: its nulls mean absent.
            var value = merge(entry.Key, index < 0 ? null : entries[index].Value, entry.Value);
            var merged = entry with { Value = value };
            if (index < 0)
            {
                entries.Add(merged);
            }
            else
            {
                entries[index] = merged;
            }
        }

        return new SpecMap(entries, patch.Position);
    }
}
