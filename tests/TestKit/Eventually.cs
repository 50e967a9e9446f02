using System.Diagnostics;

namespace LoadTesting.TestKit;

/// <summary>Waits for states, never for times: machines are shared and slow at moments.</summary>
public static class Eventually
{
    /// <summary>Polls until <paramref name="reached"/> holds; fails after the deadline with what was expected and what was seen last.</summary>
    /// <param name="expected">What should come true, as in "the report file exists".</param>
    /// <param name="look">Looks at the world.</param>
    /// <param name="reached">Whether the look shows the expected state.</param>
    /// <param name="deadline">Default two minutes.</param>
    public static async Task<T> SeeAsync<T>(string expected, Func<Task<T>> look, Func<T, bool> reached, TimeSpan? deadline = null)
    {
        var limit = deadline ?? TimeSpan.FromMinutes(2);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            string seen;
            try
            {
                var value = await look();
                if (reached(value))
                {
                    return value;
                }

                seen = value?.ToString() ?? "null";
            }
            catch (Exception e) when (watch.Elapsed < limit && e is IOException or HttpRequestException or InvalidOperationException)
            {
                seen = e.Message;
            }

            if (watch.Elapsed >= limit)
            {
                throw new Xunit.Sdk.XunitException($"expected within {limit}: {expected}; last seen: {seen}");
            }

            await Task.Delay(50);
        }
    }
}
