namespace LoadTesting.Runner.Engine.Recording;

/// <summary>T0 on the engine's clock, known once the load has been told to start.</summary>
internal sealed class LoadOrigin
{
    private long _at;
    private volatile bool _isKnown;

    /// <summary>Whether it has been set.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>Nanoseconds of the clock.</summary>
    public long At => Volatile.Read(ref _at);

    /// <summary>Sets it.</summary>
    public void Set(long at)
    {
        Volatile.Write(ref _at, at);
        _isKnown = true;
    }
}
