namespace LoadTesting.Expressions.Values;

/// <summary>Both equalities of values, and the order of those that have one.</summary>
internal static class Equality
{
    public static bool CelEqual(in CelValue a, in CelValue b) => AreEqual(a, b, exact: false);

    public static bool Same(in CelValue a, in CelValue b) => AreEqual(a, b, exact: true);

    /// <summary>Order of two values; null when they have none (different kinds, kinds without order, NaN).</summary>
    public static int? Compare(in CelValue a, in CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) or (CelKind.Bool, CelKind.Bool) or (CelKind.Duration, CelKind.Duration) => a.Bits.CompareTo(b.Bits),
        (CelKind.UInt, CelKind.UInt) => ((ulong)a.Bits).CompareTo((ulong)b.Bits),
        (CelKind.Int, CelKind.UInt) => a.Bits < 0 ? -1 : ((ulong)a.Bits).CompareTo((ulong)b.Bits),
        (CelKind.UInt, CelKind.Int) => b.Bits < 0 ? 1 : ((ulong)a.Bits).CompareTo((ulong)b.Bits),
        (CelKind.String, CelKind.String) => CompareCodePoints(a.Text, b.Text),
        (CelKind.Bytes, CelKind.Bytes) => a.AsBytes.Span.SequenceCompareTo(b.AsBytes.Span),
        (CelKind.Timestamp, CelKind.Timestamp) => a.Bits != b.Bits ? a.Bits.CompareTo(b.Bits) : a.AsTimestamp.Nanoseconds.CompareTo(b.AsTimestamp.Nanoseconds),
        _ => CompareDoubles(a, b),
    };

    /// <summary>Equal by value for numbers that CEL holds equal.</summary>
    public static int NumberHash(in CelValue number)
    {
        _ = number.TryGetNumber(out var value);
        return value.GetHashCode();
    }

    public static int Hash(in CelValue value) => value.Kind switch
    {
        CelKind.String => value.Text.GetHashCode(StringComparison.Ordinal),
        CelKind.Bytes or CelKind.List or CelKind.Map => HashCode.Combine(value.Kind, value.Weight),
        CelKind.Type or CelKind.Error => value.ToString().GetHashCode(StringComparison.Ordinal),
        CelKind.Double => value.AsDouble.GetHashCode(),
        _ => HashCode.Combine(value.Kind, value.Bits),
    };

    private static bool AreEqual(in CelValue a, in CelValue b, bool exact)
    {
        if (a.Kind != b.Kind)
        {
            return !exact && a.Kind is CelKind.Int or CelKind.UInt or CelKind.Double && Compare(a, b) == 0;
        }

        return a.Kind switch
        {
            CelKind.Null => true,
            CelKind.Double => exact ? a.AsDouble.Equals(b.AsDouble) && (a.AsDouble != 0 || a.Bits == b.Bits) : a.AsDouble == b.AsDouble,
            CelKind.String => a.Text == b.Text,
            CelKind.Bytes => a.AsBytes.Span.SequenceEqual(b.AsBytes.Span),
            CelKind.Timestamp => a.AsTimestamp == b.AsTimestamp,
            CelKind.Type => a.AsType.Name == b.AsType.Name,
            CelKind.Error => a.AsError == b.AsError,
            CelKind.List => ListsEqual(a.AsList, b.AsList, exact),
            CelKind.Map => MapsEqual(a.AsMap, b.AsMap, exact),
            _ => a.Bits == b.Bits,
        };
    }

    private static bool ListsEqual(CelList a, CelList b, bool exact)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!AreEqual(a[i], b[i], exact))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MapsEqual(CelMap a, CelMap b, bool exact)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        foreach (var key in a.Keys)
        {
            if (!a.TryGet(key, out var left) || !b.TryGet(key, out var right) || !AreEqual(left, right, exact))
            {
                return false;
            }
        }

        return !exact || a.Keys.All(key => b.Keys.Contains(key));
    }

    /// <summary>
    /// UTF-16 order is not code point order where a surrogate meets U+E000..U+FFFF; surrogates are moved above them.
    /// </summary>
    private static int CompareCodePoints(string a, string b)
    {
        var common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
        {
            return a.Length.CompareTo(b.Length);
        }

        return Weight(a[common]).CompareTo(Weight(b[common]));

        static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    private static int? CompareDoubles(in CelValue a, in CelValue b)
    {
        if (!a.TryGetNumber(out var x) || !b.TryGetNumber(out var y) || double.IsNaN(x) || double.IsNaN(y))
        {
            return null;
        }

        return x < y ? -1 : x > y ? 1 : 0;
    }
}
