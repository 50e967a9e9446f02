namespace LoadTesting.Runner.Cli.Views;

/// <summary>Numbers as a row of eighth blocks: the shape of a load at a glance.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>The last values that fit <paramref name="width"/>, scaled from zero to their maximum.</summary>
    public static string Draw(IEnumerable<double> values, int width)
    {
        var shown = values.TakeLast(width).ToList();
        var top = shown.Count == 0 ? 0 : shown.Max();
        return string.Create(shown.Count, (shown, top), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var height = state.top > 0 ? (int)Math.Round(Math.Max(0, state.shown[i]) / state.top * (Blocks.Length - 1)) : 0;
                span[i] = Blocks[height];
            }
        });
    }
}
