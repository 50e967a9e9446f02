namespace LoadTesting.Runner.Engine.Executors;

/// <summary>
/// A place for a VU whose number of turns goes up and down. States: stopped (no VU held) → running → to graceful stop (the last iteration of the turn goes on)
/// → stopped, or by the hard stop's token at once. A turn that begins while the last iteration of the one before still goes on just lets it go on.
/// </summary>
internal sealed class VuHandle
{
    private readonly ScenarioRun _run;
    private readonly Func<long> _nextNumber;
    private VuPool.Slot? _vu;

    public VuHandle(ScenarioRun run, Func<long> nextNumber)
    {
        (_run, _nextNumber) = (run, nextNumber);
    }

    /// <summary>Starts iterations until the instant, waits for the last of them, and gives the VU back unless the next turn has begun by then.</summary>
    public async Task RunUntilAsync(long gracefulStop, long nextTurn, CancellationToken hardStop)
    {
        if (_vu is null && MayStart(gracefulStop, hardStop))
        {
            _vu = _run.Pool.Rent();
            _run.Tally.Activate(_run.Clock.Now);
            await _run.Threads.Enter(_run.Threads.LaneOf(_vu.Index));
        }

        while (MayStart(gracefulStop, hardStop) && _nextNumber() is var number && _run.HasRow(number, _vu!)) await _run.RunIterationAsync(_vu!, number, null, hardStop);

        if (_run.Clock.Now < nextTurn) Release();
    }

    /// <summary>Gives the VU back.</summary>
    public void Release()
    {
        if (_vu is null) return;
        _run.Tally.Deactivate(_run.Clock.Now);
        _run.Pool.Return(_vu);
        _vu = null;
    }

    private bool MayStart(long gracefulStop, CancellationToken hardStop) =>
        !hardStop.IsCancellationRequested && _run.MayStart && _run.Clock.Now < gracefulStop;
}
