namespace LoadTesting.Runner.Engine.Timing;

/// <summary>Somebody waiting for an instant: done when it comes or when cancelled, whichever is first.</summary>
internal sealed class Wait : TaskCompletionSource<bool>
{
    private CancellationTokenRegistration _registration;

    public Wait(bool continuesInline)
        : base(continuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)
    {
    }

    public void CancelOn(CancellationToken cancellation) =>
        _registration = cancellation.UnsafeRegister(static wait => ((Wait)wait!).TrySetResult(false), this);

    public void Reached()
    {
        _registration.Unregister();
        TrySetResult(true);
    }
}
