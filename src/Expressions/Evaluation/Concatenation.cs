using LoadTesting.Expressions.Values;

namespace LoadTesting.Expressions.Evaluation;

/// <summary><c>+</c> of strings, bytes and lists, charged for what it copies.</summary>
internal static class Concatenation
{
    public static CelValue Of(CelActivation activation, string a, string b) =>
        activation.TryAllocate((long)a.Length + b.Length) ? CelValue.Of(string.Concat(a, b)) : CelActivation.LimitExceeded();

    public static CelValue Of(CelActivation activation, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        activation.TryAllocate((long)a.Length + b.Length) ? CelValue.Of([.. a, .. b]) : CelActivation.LimitExceeded();

    public static CelValue Of(CelActivation activation, CelList a, CelList b)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return CelValue.Of(a.Count == 0 ? b : a);
        }

        if (!activation.TryBuild((long)a.Count + b.Count, a.Weight + b.Weight))
        {
            return CelActivation.LimitExceeded();
        }

        var elements = new CelValue[a.Count + b.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = i < a.Count ? a[i] : b[i - a.Count];
        }

        return CelValue.Of(new ArrayList(elements));
    }
}
