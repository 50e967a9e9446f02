using System.Threading.Tasks.Sources;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>Tells one waiter on a loop that there is something to do; is remembered when nobody waits yet.</summary>
internal sealed class LoopSignal : IValueTaskSource<bool>
{
    private Completion<bool> _completion;
    private bool? _remembered;

    /// <summary>True = go on, false = end.</summary>
    public void Set(bool goesOn)
    {
        if (_completion.IsPending) _completion.Set(goesOn);
        else if (_remembered != false) _remembered = goesOn;
    }

    public ValueTask<bool> WaitAsync()
    {
        if (_remembered is { } goesOn)
        {
            _remembered = null;
            return new ValueTask<bool>(goesOn);
        }

        _completion.Begin();
        return new ValueTask<bool>(this, _completion.Version);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _completion.Result(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _completion.Status(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token);
}
