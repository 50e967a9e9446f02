using System.Globalization;

namespace LoadTesting.Operator.Reconciling;

/// <summary>Instants in a status: RFC 3339 in UTC, with as many decimals as they have, because T0 is exact.</summary>
internal static class Instants
{
    /// <summary>The text.</summary>
    public static string? Write(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>The instant; null for none, and for what is none.</summary>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
