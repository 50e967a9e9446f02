using System.Globalization;

namespace LoadTesting.Kubernetes.Caching;

/// <summary>
/// Order of resource versions of one kind. The API server's own are decimal numbers that grow with every write (KEP-5504 promises it);
/// versions of other shapes, from aggregated servers, have no order and count as neither older nor newer.
/// </summary>
public static class ResourceVersions
{
    /// <summary>Whether <paramref name="version"/> was written before <paramref name="than"/>; false where that cannot be told.</summary>
    public static bool IsOlder(string? version, string? than) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var left)
        && ulong.TryParse(than, NumberStyles.None, CultureInfo.InvariantCulture, out var right)
        && left < right;
}
