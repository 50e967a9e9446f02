using LoadTesting.Expressions;
using LoadTesting.Metrics.Exposition;
using LoadTesting.Model.Collecting;
using LoadTesting.Model.Judging;
using LoadTesting.Model.Judging.Baselines;
using LoadTesting.Model.Planning;
using LoadTesting.Model.Reporting;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Cli.Views;
using LoadTesting.Runner.Engine;

namespace LoadTesting.Runner.Cli.Desk;

/// <summary>
/// One run with all workers in this process: prepare, setup, load, verify, teardown, judge. What the operator does over HTTP with Pods happens here by calls;
/// plan, partition, exposition, merge and judgement are the same code.
/// </summary>
internal sealed class DeskRun : IAsyncDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);
    private static readonly IReadOnlyDictionary<string, CelValue> NoValues = new Dictionary<string, CelValue>();

    private readonly DeskTest _test;
    private readonly IRunView _view;
    private readonly TimeProvider _time;
    private readonly CancellationToken _userStop;
    private readonly List<DeskWorker> _workers;
    private readonly List<SnapshotFollower> _followers;
    private readonly RunCollector _collector;
    private readonly RunFrames _frames;
    private readonly DeskObserver _observer;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly MarkFile _marks;
    private DateTimeOffset? _startTime;
    private RunStop? _stop;

    /// <summary>A run that has not begun.</summary>
    /// <param name="test">What to run.</param>
    /// <param name="view">Shows it.</param>
    /// <param name="options">Time, log and seed of the engines.</param>
    /// <param name="userStop">The user's wish to end gracefully.</param>
    /// <param name="baseline">The report to compare with; null = none.</param>
    public DeskRun(DeskTest test, IRunView view, EngineOptions options, CancellationToken userStop, RunReport? baseline = null)
    {
        (_test, _view, _time, _userStop) = (test, view, options.Time, userStop);
        _marks = MarkFile.Create(Environment.ProcessId, test.Title);
        var plans = Planner.Plan(test.Spec, test.Spec.Runners.Replicas);
        _workers = [.. plans.Select(plan => new DeskWorker(plan, test.Compiled, options))];
        _followers = [.. plans.Select(_ => new SnapshotFollower())];
        _collector = new RunCollector(test.Spec, test.Thresholds, plans.Count)
        {
            Baseline = baseline is null ? null : RunBaseline.From(baseline, test.Spec),
        };
        _frames = new RunFrames(test.Title, plans, test.Thresholds);
        _observer = new DeskObserver(test.Compiled, _collector.Observations, options);
        if (test.Compiled.Http.Proxies?.Note(test.Spec.Target) is { } proxied)
        {
            view.Note(proxied);
        }

        if (test.Spec.Observe?.Pods is not null)
        {
            view.Note(DeskObserver.NoPods);
            _collector.Observations.PodsUnseen(DeskObserver.NoPods, isSkipped: true);
        }
    }

    /// <summary>Runs everything; the report tells how it went, whatever happens.</summary>
    public async Task<RunReport> ExecuteAsync()
    {
        var evidence = new RunEvidence();
        var load = Duration.Zero;
        Show("preparing");
        await Task.WhenAll(_workers.Select(w => w.PrepareAsync(CancellationToken.None)));
        var setup = (Outcome: StageOutcome.None, Values: NoValues);
        if (_test.Spec.Ready is not null)
        {
            Show("waiting for the target");
            evidence = evidence with { Failure = await _workers[0].AwaitTargetAsync(_userStop) is { } missing ? new RunFailure(Reasons.TargetNotReady, missing) : null };
        }

        var hasBegun = evidence.Failure is null && !_userStop.IsCancellationRequested;
        if (hasBegun)
        {
            setup = await StageAsync(OncePhase.Setup, "setup", NoValues, _userStop);
            // A setup that a person cut off has not failed by itself; the run was stopped.
            evidence = evidence with { Setup = _userStop.IsCancellationRequested ? StageOutcome.None : setup.Outcome };
        }

        if (_userStop.IsCancellationRequested)
        {
            _stop = new RunStop(StopCause.User, Duration.Zero);
        }
        else if (evidence.Failure is null && setup.Outcome.State != StageState.Failed)
        {
            // What setup sampled is not the first second's.
            CollectOnce(isFinal: false);
            _collector.Tick(Duration.Zero);
            _startTime = _time.GetUtcNow();
            await LoadAsync(setup.Values);
            CollectOnce(isFinal: false);
            await _observer.FinishAsync(_startTime.Value, _collector.Load);
            load = _collector.EndLoad();
        }

        // k6: a failed setup skips teardown; an abort does not.
        if (hasBegun && setup.Outcome.State != StageState.Failed)
        {
            evidence = evidence with
            {
                Verify = _stop is null ? (await StageAsync(OncePhase.Verify, "verify", setup.Values, CancellationToken.None)).Outcome : StageOutcome.None,
                Teardown = (await StageAsync(OncePhase.Teardown, "teardown", setup.Values, CancellationToken.None)).Outcome,
            };
        }

        CollectOnce(isFinal: true);
        var (judged, decision) = _collector.Finish(load, evidence with { Stop = _stop });
        return ReportBuilder.Build(new RunResult
        {
            Test = _test.Name,
            Spec = _test.Spec,
            Total = _collector.Total,
            Clock = new RunClock(load, IsFinal: true),
            Series = _collector.Series,
            Thresholds = _test.Thresholds,
            Evidence = judged,
            Decision = decision,
            StartTime = _startTime,
            Marks = _collector.Marks,
            Observations = _collector.Observations,
            Runners = new RunnersReport { Desired = _workers.Count, Ready = _workers.Count },
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _observer.DisposeAsync();
        _interrupt.Dispose();
        _marks.Dispose();
    }

    private async Task<(StageOutcome Outcome, IReadOnlyDictionary<string, CelValue> Values)> StageAsync(
        OncePhase phase, string name, IReadOnlyDictionary<string, CelValue> setup, CancellationToken cancellation)
    {
        var steps = phase switch
        {
            OncePhase.Setup => _test.Spec.Setup,
            OncePhase.Verify => _test.Spec.Verify,
            _ => _test.Spec.Teardown,
        };
        if (steps.Count == 0)
        {
            return (StageOutcome.None, NoValues);
        }

        Show(name);
        var end = await _workers[0].RunOnceAsync(phase, setup, _test.Jobs, cancellation);
        return (end.Outcome, end.Values);
    }

    /// <summary>Sends the load and watches it: once a second all workers are read, merged and judged.</summary>
    private async Task LoadAsync(IReadOnlyDictionary<string, CelValue> setup)
    {
        // A moment ahead, so that every worker is at its line when the shot falls.
        var start = _time.GetTimestamp() + _time.TimestampFrequency / 50;
        var running = Task.WhenAll(_workers.Select(w => w.RunAsync(start, setup, _userStop, _interrupt.Token)));
        var nextSecond = 1;
        while (!running.IsCompleted)
        {
            var elapsed = _time.GetElapsedTime(start);
            if (_userStop.IsCancellationRequested)
            {
                _stop ??= new RunStop(StopCause.User, Since(elapsed));
            }

            StopAllIfOneAborted(elapsed);
            if (elapsed.TotalSeconds >= nextSecond)
            {
                nextSecond = (int)elapsed.TotalSeconds + 1;
                CollectOnce(isFinal: false);
                await _observer.LookAsync(_startTime!.Value, Since(elapsed));
                Judge(Since(elapsed));
            }

            Show(_stop is null ? "running" : "stopping", elapsed);
            await WaitAsync(running, start, nextSecond);
        }

        await running;
        StopAllIfOneAborted(_time.GetElapsedTime(start));
        if (_userStop.IsCancellationRequested)
        {
            _stop ??= new RunStop(StopCause.User, Since(_time.GetElapsedTime(start)));
        }
    }

    /// <summary>What a step of one worker ends, it ends for all; at once, as in k6.</summary>
    private void StopAllIfOneAborted(TimeSpan elapsed)
    {
        if (_stop is null && _workers.Select(w => w.AbortReason).FirstOrDefault(r => r is not null) is { } reason)
        {
            _stop = new RunStop(StopCause.Test, Since(elapsed), reason);
            _interrupt.Cancel();
        }
    }

    private void Judge(Duration elapsed)
    {
        var results = _collector.Tick(elapsed);
        _frames.Thresholds(results);
        if (_stop is null && results.Any(r => r.AbortRequested))
        {
            _stop = new RunStop(StopCause.Threshold, elapsed);
            // As in k6: a threshold that aborts does not wait for iterations in flight.
            _interrupt.Cancel();
        }
    }

    private async Task WaitAsync(Task running, long start, int nextSecond)
    {
        var untilSecond = TimeSpan.FromSeconds(nextSecond) - _time.GetElapsedTime(start);
        var wait = untilSecond < Redraw ? untilSecond : Redraw;
        if (wait > TimeSpan.Zero)
        {
            using var enough = new CancellationTokenSource();
            await Task.WhenAny(running, Task.Delay(wait, _time, enough.Token));
            enough.Cancel();
        }
    }

    /// <summary>Reads every worker through the wire format. A worker of this process that cannot be read is a defect, not a lost runner.</summary>
    private void CollectOnce(bool isFinal)
    {
        if (_startTime is { } start)
        {
            foreach (var mark in _marks.Read(start))
            {
                _collector.Mark(mark);
            }
        }

        foreach (var (worker, follower) in _workers.Zip(_followers))
        {
            var read = follower.Read(worker.Scrape(isFinal, follower.Known));
            _collector.Offer(read.Snapshot ?? throw new InvalidOperationException($"worker {worker.Index} wrote what cannot be read: {read.Error}"));
        }
    }

    private void Show(string stage, TimeSpan elapsed = default) =>
        _view.Show(_frames.Next(stage, elapsed, [.. _workers.Select(w => w.Progress)], _collector));

    private static Duration Since(TimeSpan elapsed) => new((long)elapsed.TotalNanoseconds);
}
