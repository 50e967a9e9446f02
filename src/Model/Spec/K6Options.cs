namespace LoadTesting.Model.Spec;

/// <summary>k6's options where they are written otherwise than a manifest's fields.</summary>
public static class K6Options
{
    /// <summary>
    /// The same with a unit behind every time: in k6's options a number without one is milliseconds, which a manifest does not take for granted (k6's own
    /// <c>sleep(1)</c> is a second).
    /// </summary>
    /// <param name="node">Options, or scenarios of theirs.</param>
    public static SpecNode WithUnits(SpecNode node) => WithUnits("", node);

    private static SpecNode WithUnits(string field, SpecNode node) => node switch
    {
        SpecMap map => map with { Entries = [.. map.Entries.Select(e => e with { Value = WithUnits(e.Key, e.Value) })] },
        SpecList list => list with { Items = [.. list.Items.Select(i => WithUnits(field, i))] },
        SpecScalar { Kind: not (ScalarKind.Null or ScalarKind.Boolean) } scalar when IsTime(field) && Duration.IsBareNumber(scalar.Text) && Duration.TryParse(scalar.Text, out var time) =>
            new SpecScalar(time.ToString(), ScalarKind.String, scalar.Position),
        _ => node,
    };

    private static bool IsTime(string field) => field == "delayAbortEval" || (LoadFields.Scenario.TryGetValue(field, out var kind) && kind == LoadFieldKind.Duration);
}
