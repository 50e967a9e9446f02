using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LoadTesting.Expressions.Functions;

/// <summary>
/// A path into a value, of RFC 9535 the parts without filters (CEL filters better): <c>$.a</c>, <c>['a']</c>, <c>[0]</c>, <c>[-1]</c>, <c>[1:3]</c>,
/// <c>[*]</c>, <c>.*</c>, <c>..a</c>. The <c>$</c> may be left out. A path that can match once gives the value, or an error when there is none; one with a wildcard, slice or
/// descent gives the list of all matches.
/// </summary>
internal sealed class JsonPath(ImmutableArray<JsonPath.Step> steps)
{
    /// <summary>How a step goes on.</summary>
    public enum StepKind
    {
        /// <summary>To the entry of one name.</summary>
        Name,

        /// <summary>To the element at one position, from the end when negative.</summary>
        Index,

        /// <summary>To the elements from one position to before another.</summary>
        Slice,

        /// <summary>To every element or entry.</summary>
        All,

        /// <summary>To the value itself and everything below it; a step of another kind follows.</summary>
        Descend,
    }

    private bool IsSingle => steps.All(step => step.Kind is StepKind.Name or StepKind.Index);

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path, [NotNullWhen(false)] out string? problem)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        var at = text.StartsWith('$') ? 1 : 0;
        path = null;
        while (at < text.Length)
        {
            var isStart = at == 0;
            if (text.AsSpan(at).StartsWith(".."))
            {
                steps.Add(new(StepKind.Descend));
                at += text.AsSpan(at).StartsWith("..[") ? 2 : 1;
            }

            var step = text[at] == '[' ? Bracket(text, ref at) : Dotted(text, ref at, isStart);
            if (step is null)
            {
                problem = $"'{text}' is not a path: cannot read '{text[Math.Min(at, text.Length)..]}' (such as $.items[0].id; filters are written in CEL)";
                return false;
            }

            steps.Add(step.Value);
        }

        problem = null;
        path = new(steps.ToImmutable());
        return true;
    }

    public CelValue Find(CelActivation activation, in CelValue root)
    {
        var found = new List<CelValue> { root };
        foreach (var step in steps)
        {
            var next = new List<CelValue>();
            foreach (var value in found)
            {
                if (value.IsError || !Take(activation, step, value, next))
                {
                    return value.IsError ? value : CelActivation.LimitExceeded();
                }
            }

            found = next;
        }

        if (!IsSingle)
        {
            return CelValue.Of(CelList.Of([.. found]));
        }

        return found.Count == 1 ? found[0] : CelValue.Error(CelErrorCode.NoSuchKey, $"there is nothing at {this}");
    }

    public override string ToString() => "$" + string.Concat(steps.Select(s => s.Kind switch
    {
        StepKind.Name => $"['{s.Name}']",
        StepKind.Index => $"[{s.From}]",
        StepKind.Slice => $"[{s.From}:{s.To}]",
        StepKind.All => "[*]",
        _ => "..",
    }));

    private static bool Take(CelActivation activation, Step step, in CelValue value, List<CelValue> next)
    {
        if (!activation.TryCharge(1))
        {
            return false;
        }

        switch (step.Kind)
        {
            case StepKind.Name when value.Kind == CelKind.Map && value.AsMap.TryGet(step.Name!, out var entry):
                next.Add(entry);
                return true;
            case StepKind.Index or StepKind.Slice when value.Kind == CelKind.List:
                var list = value.AsList;
                var from = Position(step.From ?? 0, list.Count);
                var to = step.Kind == StepKind.Index ? from + 1 : Position(step.To ?? list.Count, list.Count);
                if (step.Kind == StepKind.Slice)
                {
                    (from, to) = (Math.Clamp(from, 0, list.Count), Math.Clamp(to, 0, list.Count));
                }
                else if (from < 0 || from >= list.Count)
                {
                    return true;
                }

                for (var i = from; i < to; i++)
                {
                    next.Add(list[(int)i]);
                }

                return activation.TryCharge(Math.Max(0, to - from));
            case StepKind.All:
                return Children(activation, value, next);
            case StepKind.Descend:
                return Descend(activation, value, next);
            default:
                return true;
        }

        static long Position(long index, int count) => index < 0 ? count + index : index;
    }

    private static bool Children(CelActivation activation, in CelValue value, List<CelValue> next)
    {
        var before = next.Count;
        if (value.Kind == CelKind.List)
        {
            for (var i = 0; i < value.AsList.Count; i++)
            {
                next.Add(value.AsList[i]);
            }
        }
        else if (value.Kind == CelKind.Map)
        {
            foreach (var key in value.AsMap.Keys)
            {
                if (value.AsMap.TryGet(key, out var entry))
                {
                    next.Add(entry);
                }
            }
        }

        return activation.TryCharge(next.Count - before);
    }

    private static bool Descend(CelActivation activation, in CelValue value, List<CelValue> next)
    {
        var first = next.Count;
        next.Add(value);
        for (var i = first; i < next.Count; i++)
        {
            if (!Children(activation, next[i], next))
            {
                return false;
            }
        }

        return true;
    }

    private static Step? Dotted(string text, ref int at, bool isStart)
    {
        var start = text[at] == '.' ? at + 1 : isStart ? at : text.Length;
        var length = text.AsSpan(start).IndexOfAny('.', '[') is >= 0 and var found ? found : text.Length - start;
        if (length == 0)
        {
            return null;
        }

        at = start + length;
        var name = text.Substring(start, length);
        return name == "*" ? new(StepKind.All) : new(StepKind.Name, name);
    }

    private static Step? Bracket(string text, ref int at)
    {
        if (at + 1 < text.Length && text[at + 1] is '\'' or '"')
        {
            var end = text.IndexOf($"{text[at + 1]}]", at + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }

            var name = text[(at + 2)..end];
            at = end + 2;
            return new(StepKind.Name, name);
        }

        var close = text.IndexOf(']', at);
        if (close < 0)
        {
            return null;
        }

        var inner = text[(at + 1)..close];
        var colon = inner.IndexOf(':', StringComparison.Ordinal);
        var (first, last) = colon < 0 ? (inner, "") : (inner[..colon], inner[(colon + 1)..]);
        var isFirst = int.TryParse(first, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var from);
        var isLast = int.TryParse(last, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var to);
        if (inner != "*" && ((!isFirst && (first.Length > 0 || colon < 0)) || (!isLast && last.Length > 0)))
        {
            return null;
        }

        at = close + 1;
        return inner == "*" ? new(StepKind.All)
            : colon < 0 ? new(StepKind.Index, null, from)
            : new(StepKind.Slice, null, isFirst ? from : null, isLast ? to : null);
    }

    /// <summary>One step of a path.</summary>
    internal readonly record struct Step(StepKind Kind, string? Name = null, long? From = null, long? To = null);
}
