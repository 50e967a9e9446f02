namespace LoadTesting.Expressions.Json;

/// <summary>An object of which only some fields are known.</summary>
/// <param name="node">Which.</param>
/// <param name="values">By the fields' numbers; null = absent.</param>
internal sealed class FieldMap(FieldNode node, CelValue?[] values) : CelMap
{
    public override int Count => Keys.Count();

    public override long Weight => 1 + Keys.Sum(k => TryGet(k.Text, out var value) ? 1 + value.Weight : 0);

    public override IEnumerable<CelValue> Keys => node.Fields.ToArray().Where(f => values[f.Index] is not null).Select(f => CelValue.Of(f.Name));

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        value = default;
        return key.Kind == CelKind.String && TryGet(key.Text, out value);
    }

    public override bool TryGet(string key, out CelValue value)
    {
        foreach (var field in node.Fields)
        {
            if (field.Name == key)
            {
                value = values[field.Index].GetValueOrDefault();
                return values[field.Index] is not null;
            }
        }

        value = default;
        return false;
    }
}
