using System.Threading.Tasks.Sources;

namespace LoadTesting.Runner.Loops;

/// <summary>
/// What an <see cref="IValueTaskSource{TResult}"/> on a loop needs: one waiter at a time, continued where the result is set, which is the loop's thread.
/// The platform's own core would look at contexts that a loop does not have. Mutable: keep it in a field.
/// </summary>
internal struct Completion<T>
{
    private Action<object?>? _continuation;
    private object? _state;
    private T _result;
    private short _version;
    private bool _isDone;

    public readonly short Version => _version;

    public bool IsPending { get; private set; }

    /// <summary>Begins to wait for another result.</summary>
    public void Begin()
    {
        _version++;
        (_continuation, _state, _isDone, IsPending) = (null, null, false, true);
    }

    /// <summary>Continues the waiter, now, on this thread.</summary>
    public void Set(T result)
    {
        (_result, _isDone, IsPending) = (result, true, false);
        if (_continuation is not { } continuation) return;
        var state = _state;
        (_continuation, _state) = (null, null);
        continuation(state);
    }

    public readonly ValueTaskSourceStatus Status(short token)
    {
        Check(token);
        return _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token)
    {
        Check(token);
        if (_isDone) continuation(state);
        else (_continuation, _state) = (continuation, state);
    }

    public readonly T Result(short token)
    {
        Check(token);
        return _isDone ? _result : throw new InvalidOperationException("there is no result yet");
    }

    private readonly void Check(short token)
    {
        if (token != _version) throw new InvalidOperationException("a result can be taken once only");
    }
}
