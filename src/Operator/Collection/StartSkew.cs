using LoadTesting.Model.Contract;

namespace LoadTesting.Operator.Collection;

/// <summary>When each runner really began, on our clock, and how far apart they are. Of several looks at a runner the one with the shortest round trip counts.</summary>
public sealed class StartSkew
{
    private readonly Dictionary<int, (DateTimeOffset Start, TimeSpan RoundTrip)> _starts = [];

    /// <summary>Latest minus earliest start; null before two runners were seen running.</summary>
    public TimeSpan? Value => _starts.Count < 2 ? null : _starts.Values.Max(s => s.Start) - _starts.Values.Min(s => s.Start);

    /// <summary>Takes a look at a runner in. Only while it runs does its own time since T0 go with its clock.</summary>
    public void Add(int index, RunnerReading reading, TimeSpan clockOffset)
    {
        if (reading is not { State: AgentStates.Running, Clock: { } clock, Snapshot: { OffsetNanoseconds: >= 0 } snapshot }
            || (_starts.TryGetValue(index, out var best) && best.RoundTrip <= reading.RoundTrip))
        {
            return;
        }

        _starts[index] = (clock - clockOffset - TimeSpan.FromTicks(snapshot.OffsetNanoseconds / 100), reading.RoundTrip);
    }
}
