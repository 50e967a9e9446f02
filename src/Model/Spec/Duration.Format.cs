using System.Globalization;

namespace LoadTesting.Model.Spec;

public readonly partial record struct Duration
{
    /// <summary>As Go and k6 print it: <c>1h30m0s</c>, <c>1m40s</c>, <c>1.5s</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public override string ToString()
    {
        if (Nanoseconds == 0)
        {
            return "0s";
        }

        // The magnitude of the most negative value does not fit a long.
        var magnitude = (UInt128)Int128.Abs(Nanoseconds);
        var sign = Nanoseconds < 0 ? "-" : "";
        if (magnitude < NanosecondsPerSecond)
        {
            var (unit, name) = magnitude < 1_000 ? (1m, "ns") : magnitude < 1_000_000 ? (1_000m, "µs") : (1_000_000m, "ms");
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{(decimal)magnitude / unit:0.######}{name}");
        }

        var wholeSeconds = magnitude / NanosecondsPerSecond;
        var seconds = (decimal)(magnitude % (60 * (UInt128)NanosecondsPerSecond)) / NanosecondsPerSecond;
        var minutes = (int)(wholeSeconds / 60 % 60);
        var hours = (long)(wholeSeconds / 3600);
        return hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{hours}h{minutes}m{seconds:0.#########}s")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes}m{seconds:0.#########}s")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds:0.#########}s");
    }
}
