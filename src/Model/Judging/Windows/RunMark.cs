using System.Globalization;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Judging.Windows;

/// <summary>Something that happened during the load and that thresholds can look at: an instant, or a span.</summary>
/// <param name="Name">What thresholds call it. The same name may be set several times.</param>
/// <param name="From">When, from T0.</param>
/// <param name="To">Its end, from T0, ≥ From; null = an instant.</param>
public sealed record RunMark(string Name, Duration From, Duration? To = null)
{
    /// <summary>Prefix of the annotations of a run that set marks: <c>loadtest.dev/mark.NAME: "INSTANT"</c> or <c>"FROM/TO"</c>, RFC 3339.</summary>
    public const string AnnotationPrefix = "loadtest.dev/mark.";

    /// <summary>When the mark is over: its end, or the instant itself.</summary>
    public Duration End => To ?? From;

    /// <summary>Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, at most 63: what an annotation's key can carry and a threshold can name.</summary>
    public static bool IsValidName(string name) =>
        name.Length is > 0 and <= 63 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);

    /// <summary>Reads a mark's instants as annotations and the desk's control file write them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text"><c>2026-05-01T12:00:00Z</c>, or two of them with a slash between.</param>
    /// <param name="start">T0.</param>
    /// <returns>Null when name or text is not of that form, or the end lies before the beginning.</returns>
    public static RunMark? TryParse(string name, string text, DateTimeOffset start)
    {
        var parts = text.Split('/');
        if (!IsValidName(name) || parts.Length is 0 or > 2)
        {
            return null;
        }

        var instants = new Duration[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!DateTimeOffset.TryParse(parts[i], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                return null;
            }

            instants[i] = new Duration((at - start).Ticks * 100);
        }

        return instants.Length == 1 ? new RunMark(name, instants[0]) : instants[1] >= instants[0] ? new RunMark(name, instants[0], instants[1]) : null;
    }
}
