using System.Globalization;
using System.Text;
using LoadTesting.Expressions.Evaluation;
using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Functions;

/// <summary><c>'%s of %.2f'.format([…])</c>: clauses <c>%s %d %f %e %b %o %x %X %%</c>, a precision before <c>f</c> and <c>e</c>.</summary>
internal static class Format
{
    // More digits than a double has are zeros; the bound keeps '%.999999f' from allocating.
    private const int MostPrecision = 100;

    private const int DefaultPrecision = 6;

    public static CelValue Apply(CelActivation activation, string format, CelList arguments)
    {
        if (!activation.TryCharge(1 + (format.Length / 16) + arguments.Weight))
        {
            return CelActivation.LimitExceeded();
        }

        var output = new StringBuilder(format.Length);
        var next = 0;
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                output.Append(format[at]);
                continue;
            }

            if (++at < format.Length && format[at] == '%')
            {
                output.Append('%');
                continue;
            }

            var precision = -1;
            if (at < format.Length && format[at] == '.')
            {
                var digits = format.AsSpan(at + 1).IndexOfAnyExceptInRange('0', '9');
                if (digits < 1 || !int.TryParse(format.AsSpan(at + 1, digits), CultureInfo.InvariantCulture, out precision) || precision > MostPrecision)
                {
                    return Errors.Invalid($"a precision is a number up to {MostPrecision} after '%.'");
                }

                at += digits + 1;
            }

            if (at >= format.Length)
            {
                return Errors.Invalid("the format ends within a clause");
            }

            if (next >= arguments.Count)
            {
                return Errors.Invalid($"the format has more clauses than the list has values ({arguments.Count})");
            }

            if (Clause(output, format[at], precision, arguments[next++]) is { IsError: true } failure)
            {
                return failure;
            }

            if (!activation.TryAllocate(output.Length))
            {
                return CelActivation.LimitExceeded();
            }
        }

        return CelValue.Of(output.ToString());
    }

    private static CelValue Clause(StringBuilder output, char clause, int precision, in CelValue value)
    {
        var text = clause switch
        {
            's' => TextOf(value),
            'd' => Decimal(value),
            'f' or 'e' => Real(clause, precision < 0 ? DefaultPrecision : precision, value),
            'b' => Radix(value, 2) ?? (value.Kind == CelKind.Bool ? value.Bits.ToString(CultureInfo.InvariantCulture) : null),
            'o' => Radix(value, 8),
            'x' => Hexadecimal(value)?.ToLowerInvariant(),
            'X' => Hexadecimal(value),
            _ => "",
        };
        if (text is null || text.Length == 0 && clause is not ('s' or 'x' or 'X'))
        {
            return Errors.Invalid(text is null ? $"%{clause} cannot write {Errors.KindName(value)}" : $"'%{clause}' is not a format clause");
        }

        output.Append(text);
        return CelValue.Null;
    }

    private static string? Decimal(in CelValue value) => value.Kind is CelKind.Int or CelKind.UInt or CelKind.Double ? ValueText.Plain(value) : null;

    private static string? Real(char clause, int precision, in CelValue value)
    {
        if (!value.TryGetNumber(out var number))
        {
            return null;
        }

        // Go and C round the exact binary value half to even; .NET's "F" does the same since it prints exact digits.
        return !double.IsFinite(number) ? ValueText.Double(number)
            : clause == 'f' ? Fixed(number, precision)
            : number.ToString($"0.{new string('0', precision)}e+00", CultureInfo.InvariantCulture);
    }

    private static string Fixed(double number, int precision)
    {
        // "F" rounds the exact decimal expansion half away from zero: differs from half-to-even only on exact ties.
        var scaled = Math.Abs(number) * Math.Pow(10, precision);
        var isTie = scaled < 1e15 && scaled - Math.Floor(scaled) == 0.5 && scaled / Math.Pow(10, precision) == Math.Abs(number);
        var rounded = isTie && precision <= 15 ? Math.Round(number, precision, MidpointRounding.ToEven) : number;
        return rounded.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string? Radix(in CelValue value, int radix)
    {
        if (value.Kind is not (CelKind.Int or CelKind.UInt))
        {
            return null;
        }

        var isNegative = value.Kind == CelKind.Int && value.Bits < 0;
        var rest = isNegative ? unchecked((ulong)-value.Bits) : (ulong)value.Bits;
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (char)('0' + (rest % (ulong)radix)));
            rest /= (ulong)radix;
        }
        while (rest > 0);
        return (isNegative ? "-" : "") + digits;
    }

    private static string? Hexadecimal(in CelValue value) => value.Kind switch
    {
        CelKind.Int when value.Bits < 0 => "-" + unchecked((ulong)-value.Bits).ToString("X", CultureInfo.InvariantCulture),
        CelKind.Int or CelKind.UInt => value.Bits.ToString("X", CultureInfo.InvariantCulture),
        CelKind.String => Convert.ToHexString(Encoding.UTF8.GetBytes(value.Text)),
        CelKind.Bytes => Convert.ToHexString(value.AsBytes.Span),
        _ => null,
    };

    private static string? TextOf(in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.List:
                var list = value.AsList;
                return $"[{string.Join(", ", Enumerable.Range(0, list.Count).Select(i => TextOf(list[i])))}]";
            case CelKind.Map:
                var map = value.AsMap;
                var entries = map.Keys.Select(key => (Key: ValueText.Plain(key), Value: map.TryGet(key, out var entry) ? TextOf(entry) : null));
                return $"{{{string.Join(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}"))}}}";
            default:
                return ValueText.Plain(value);
        }
    }
}
