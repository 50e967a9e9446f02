namespace LoadTesting.Runner.Cli.Views;

/// <summary>Numbers as a row of eighth blocks: the shape of a load at a glance.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    // Beyond every block: requests were not answered.
    private const char Beyond = '×';

    /// <summary>The last values that fit <paramref name="width"/>, scaled from zero to their finite maximum; a cross where one is +∞.</summary>
    public static string Draw(IEnumerable<double> values, int width)
    {
        var shown = values.TakeLast(width).ToList();
        var top = shown.Where(double.IsFinite).DefaultIfEmpty().Max();
        return string.Create(shown.Count, (shown, top), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var value = state.shown[i];
                span[i] = !double.IsFinite(value) ? Beyond : Blocks[state.top > 0 ? (int)Math.Round(Math.Max(0, value) / state.top * (Blocks.Length - 1)) : 0];
            }
        });
    }
}
