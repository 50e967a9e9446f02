using Spectre.Console.Rendering;

namespace LoadTesting.Runner.Cli.Views;

/// <summary>A line above what moves. One piece, because the moving part is drawn again after each; it begins where that part stood, and clears it.</summary>
internal sealed class NoteLine(string text) : IRenderable
{
    // Erases from the cursor to the end of the screen.
    private const string ClearBelow = "\e[J";

    public Measurement Measure(RenderOptions options, int maxWidth) => new(1, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [Segment.Control(ClearBelow), new Segment(text), Segment.LineBreak];
}
