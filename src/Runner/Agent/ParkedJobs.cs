using LoadTesting.Model.Contract;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Agent;

/// <summary>
/// The jobs of one stage in an agent, which cannot run them: a stage that comes to one waits here until somebody who can brings the result. Orders and results have numbers, so that
/// both may be repeated. Thread-safe.
/// </summary>
internal sealed class ParkedJobs : IJobHost
{
    private readonly Lock _lock = new();
    private JobOrder? _open;
    private TaskCompletionSource<JobResult>? _result;
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public async Task<JobResult> RunAsync(JobOrder order, TimeSpan timeout, CancellationToken cancellation)
    {
        var result = new TaskCompletionSource<JobResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.UnsafeRegister(static (source, token) => ((TaskCompletionSource<JobResult>)source!).TrySetCanceled(token), result);
        lock (_lock)
        {
            (_open, _result) = (order, result);
            _opened.TrySetResult();
        }

        return await result.Task;
    }

    /// <summary>Takes a result; one that is not waited for (any more) changes nothing.</summary>
    public void Answer(JobResult result)
    {
        TaskCompletionSource<JobResult>? waiting = null;
        lock (_lock)
        {
            if (_open?.Ordinal == result.Ordinal)
            {
                (waiting, _open) = (_result, null);
                _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        waiting?.TrySetResult(result);
    }

    /// <summary>The order that the stage waits for; null once the stage has ended.</summary>
    public async Task<JobOrder?> NextAsync(Task stage)
    {
        Task opened;
        lock (_lock)
        {
            opened = _opened.Task;
        }

        await Task.WhenAny(stage, opened);
        lock (_lock)
        {
            return stage.IsCompleted ? null : _open;
        }
    }
}
