using LoadTesting.Model.Observing;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>Observes the target of a desk run: what a runner's agent does for the operator happens here by calls. Used by one thread at a time.</summary>
internal sealed class DeskObserver(CompiledTest test, ObservationLog log, EngineOptions options) : IAsyncDisposable
{
    /// <summary>Why there are no Pods at the desk.</summary>
    public const string NoPods = "Pods are observed in a cluster only: at the desk spec.observe.pods is passed over";

    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly TargetQueries _queries = new(test, options);
    private readonly CancellationTokenSource _end = new();
    private Task<IReadOnlyList<QueryAnswer>>? _asked;

    /// <summary>Takes what was answered, and asks for what is due; waits for nothing.</summary>
    /// <param name="start">T0.</param>
    /// <param name="load">Time since then.</param>
    public async Task LookAsync(DateTimeOffset start, Duration load)
    {
        if (_asked is { IsCompleted: false })
        {
            return;
        }

        await TakeAnswersAsync();
        var due = log.Due(load, isOver: false);
        _asked = due.Count == 0 ? null : _queries.AskAsync(start, due, _end.Token);
    }

    /// <summary>The load has ended: what is still due is asked for, for some seconds at most.</summary>
    public async Task FinishAsync(DateTimeOffset start, Duration load)
    {
        using var enough = new CancellationTokenSource(LastWait, options.Time);
        try
        {
            while (true)
            {
                if (_asked is { } asked)
                {
                    await asked.WaitAsync(enough.Token);
                }

                var failed = await TakeAnswersAsync();
                var due = log.Due(load, isOver: true);
                if (due.Count == 0)
                {
                    return;
                }

                if (failed)
                {
                    await Task.Delay(Pause, options.Time, enough.Token);
                }

                _asked = _queries.AskAsync(start, due, _end.Token);
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // What did not come by now is missing, and the verdict says so.
            return;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _queries.DisposeAsync();
        _end.Dispose();
    }

    /// <summary>Takes what has come; whether some question got no answer.</summary>
    private async Task<bool> TakeAnswersAsync()
    {
        if (_asked is not { IsCompleted: true } done)
        {
            return false;
        }

        _asked = null;
        var answers = await done;
        foreach (var answer in answers)
        {
            log.Take(answer);
        }

        return answers.Any(a => a.Error is not null);
    }
}
