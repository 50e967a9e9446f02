using System.Globalization;

namespace LoadTesting.Operator.Collection;

/// <summary>
/// How much of an agent's answer is taken in. Who answers is not known to be our own program: the runners' image is the tenant's choice. So lengths are
/// checked while reading, before anything is held, and nothing is unpacked.
/// </summary>
public static class AnswerLimits
{
    /// <summary>Longest status line and headers, KiB. An agent's have less than one.</summary>
    public const int HeaderKilobytes = 16;

    /// <summary>Longest answer to a verb or to the question whether it is ready, bytes. An agent's own limit of what setup may extract is the same.</summary>
    public const int Verb = 1024 * 1024;

    /// <summary>
    /// Longest snapshot, bytes. With as many series as a runner may have (docs/manifest.md) and all their buckets in use it has a third of it, in the compact
    /// format.
    /// </summary>
    public const int Snapshot = 8 * 1024 * 1024;

    /// <summary>The body, or why it is not taken.</summary>
    /// <exception cref="HttpRequestException">The connection broke, or the answer was cut off.</exception>
    /// <exception cref="IOException">The same.</exception>
    public static async Task<(byte[] Body, string? Failure)> ReadAsync(HttpContent content, int longest, CancellationToken cancellation)
    {
        if (content.Headers.ContentEncoding.Count > 0)
        {
            return ([], "its answer has a content coding, which no agent uses");
        }

        if (content.Headers.ContentLength > longest)
        {
            return ([], TooLong(longest));
        }

        await using var stream = await content.ReadAsStreamAsync(cancellation);
        // A length is a claim as well: memory grows with what has come.
        using var held = new MemoryStream((int)Math.Min(content.Headers.ContentLength ?? 0, 64 * 1024));
        var buffer = new byte[Math.Min(longest + 1, 32 * 1024)];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            if (held.Length + read > longest)
            {
                return ([], TooLong(longest));
            }

            held.Write(buffer, 0, read);
        }

        return (held.Length == held.Capacity ? held.GetBuffer() : held.ToArray(), null);
    }

    private static string TooLong(int longest) => string.Create(CultureInfo.InvariantCulture, $"its answer is longer than {longest / 1024.0 / 1024:0.##} MiB");
}
