using LoadTesting.Model.Planning;

namespace LoadTesting.Runner.Engine.Executors;

/// <summary>Turns of one VU that belong together: each begins before what is in flight from the one before would be cut off, so that an iteration may go on from one into the next.</summary>
/// <param name="turns">In order of time; one at least.</param>
internal sealed class RampingVu(VuSpan[] turns)
{
    // Has no timer, so there is nothing to dispose of.
    private readonly CancellationTokenSource _cut = new();

    public IReadOnlyList<VuSpan> Turns => turns;

    /// <summary>What is in flight ends at once.</summary>
    public CancellationToken Interrupt => _cut.Token;

    /// <summary>When the first turn begins, in nanoseconds from the scenario's start.</summary>
    public long Start => turns[0].Start.Nanoseconds;

    /// <summary>When what is still in flight is cut off, in nanoseconds from the scenario's start.</summary>
    public long HardStop => turns[^1].HardStop.Nanoseconds;

    /// <summary>Whether its last iteration has ended.</summary>
    public bool IsOver { get; set; }

    /// <summary>All turns of all VUs.</summary>
    /// <param name="spans">By VU: see <see cref="RampingVusPlan.VuSpans"/>.</param>
    public static IEnumerable<RampingVu> Of(IEnumerable<IReadOnlyList<VuSpan>> spans)
    {
        foreach (var all in spans)
        {
            for (int first = 0, next; first < all.Count; first = next)
            {
                next = first + 1;
                while (next < all.Count && all[next].Start <= all[next - 1].HardStop) next++;
                yield return new RampingVu([.. all.Skip(first).Take(next - first)]);
            }
        }
    }

    public void Cut() => _cut.Cancel();
}
