using LoadTesting.Expressions.Evaluation;

namespace LoadTesting.Expressions.Functions;

/// <summary><c>weighted({'a': 70, 'b': 30})</c>, or <c>weighted([[value, weight], …])</c> for values that cannot be keys.</summary>
internal static class Weighted
{
    public static CelValue Of(CelActivation activation, ReadOnlySpan<CelValue> values)
    {
        var choices = values[0].Kind == CelKind.Map ? OfMap(values[0].AsMap) : OfPairs(values[0].AsList);
        if (!activation.TryCharge(values[0].Kind == CelKind.Map ? values[0].AsMap.Count : values[0].AsList.Count))
        {
            return CelActivation.LimitExceeded();
        }

        double total = 0;
        foreach (var (_, weight) in choices)
        {
            if (!weight.TryGetNumber(out var number) || number is not (>= 0 and < double.PositiveInfinity))
            {
                return Errors.Invalid("weighted() takes {value: weight, …} or [[value, weight], …] with weights that are not negative");
            }

            total += number;
        }

        if (total is not (> 0 and < double.PositiveInfinity))
        {
            return Errors.Invalid("weighted() needs a weight above zero");
        }

        var rest = activation.Host.NextDouble() * total;
        var last = CelValue.Null;
        foreach (var (choice, weight) in choices)
        {
            _ = weight.TryGetNumber(out var number);
            if (number > 0)
            {
                last = choice;
                if ((rest -= number) < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private static IEnumerable<(CelValue Choice, CelValue Weight)> OfMap(CelMap map) =>
        map.Keys.Select(key => (key, map.TryGet(key, out var weight) ? weight : CelValue.Null));

    private static IEnumerable<(CelValue Choice, CelValue Weight)> OfPairs(CelList list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var pair = list[i];
            yield return pair.Kind == CelKind.List && pair.AsList.Count == 2 ? (pair.AsList[0], pair.AsList[1]) : (pair, CelValue.Null);
        }
    }
}
