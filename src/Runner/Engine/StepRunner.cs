using System.Runtime.CompilerServices;
using LoadTesting.Expressions;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Recording;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>Runs lists of steps for one virtual user.</summary>
internal sealed class StepRunner
{
    // Rounds of a loop without a pause in it, after which others get their turn on the thread.
    private const int RoundsAtOnce = 256;

    private readonly VuActivation _activation;
    private readonly RecorderShard _shard;
    private readonly ResponseSteps _onResponse;
    private readonly RequestRunner _requests;
    private readonly EngineClock _clock;
    private readonly IStepEvents _events;
    private readonly int[] _visits;
    private ParallelRequests? _parallel;
    private readonly JobRunner? _jobs;
    private readonly IIterationEvents? _iterations;
    private CompiledScope _scope = null!;
    private long _number;
    private long _lag;

    /// <summary>For one virtual user.</summary>
    /// <param name="session">Its connections.</param>
    /// <param name="activation">Its variables.</param>
    /// <param name="shard">Where it records.</param>
    /// <param name="gauges">Where gauges are recorded.</param>
    /// <param name="clock">Time.</param>
    /// <param name="events">Told of trouble.</param>
    /// <param name="choices">How many choices the test has.</param>
    /// <param name="iterations">Told how lists end; null for parts that run once, whose defects end them.</param>
    /// <param name="jobs">Runs jobs; null where none may stand.</param>
    public StepRunner(
        HttpSession session, VuActivation activation, RecorderShard shard, RecorderShard gauges, EngineClock clock, IStepEvents events, int choices, IIterationEvents? iterations = null, JobRunner? jobs = null)
    {
        (_iterations, _jobs) = (iterations, jobs);
        (_activation, _shard, _clock, _events, _visits) = (activation, shard, clock, events, choices == 0 ? [] : new int[choices]);
        _onResponse = new ResponseSteps(activation, shard, gauges, events);
        _requests = new RequestRunner(session, activation, shard, clock, events);
    }

    /// <summary>Runs the steps of an iteration in order.</summary>
    /// <param name="scope">Where they run.</param>
    /// <param name="steps">What to run.</param>
    /// <param name="number">0-based number of the iteration in the scenario over all runners.</param>
    /// <param name="lag">How late the iteration started, in nanoseconds; 0 in closed models.</param>
    /// <param name="interrupt">Ends at once.</param>
    public ValueTask<StepsEnd> RunAsync(CompiledScope scope, IReadOnlyList<CompiledStep> steps, long number, long lag, CancellationToken interrupt)
    {
        (_scope, _number, _lag) = (scope, number, lag);
        if (_visits.Length > 0) Array.Clear(_visits);
        return RunAsync(steps, isIteration: true, interrupt);
    }

    // Every request and every pause is awaited here: async methods around them would each cost a request about as much as parsing its answer does, and a waiting user memory.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StepsEnd> RunAsync(IReadOnlyList<CompiledStep> steps, bool isIteration, CancellationToken interrupt)
    {
        var end = StepsEnd.Completed;
        try
        {
            for (var i = 0; i < steps.Count && end == StepsEnd.Completed; i++)
            {
                var step = steps[i];
                if (interrupt.IsCancellationRequested)
                {
                    end = StepsEnd.Interrupted;
                    break;
                }

                if (step.When is { } condition && !Holds(step, condition, ref end)) continue;
                if (step is CompiledRequest request)
                {
                    if (TryBegin(request, interrupt, out var sending))
                    {
                        var exchange = await sending;
                        if (!_requests.IsOver(exchange)) exchange = await _requests.GoOnAsync(exchange, interrupt);
                        end = _onResponse.Run(_scope, request, exchange, _requests.Session);
                    }
                    else
                    {
                        end = StepsEnd.Failed;
                    }
                }
                else if (step is CompiledSleep sleep)
                {
                    end = await SleepAsync(sleep, interrupt) ? StepsEnd.Completed : StepsEnd.Interrupted;
                }
                else
                {
                    end = await OtherAsync(step, interrupt);
                }
            }
        }
        catch (Exception e) when (_iterations is not null)
        {
            // Steps report what users can cause as values; this is a defect of ours, and one iteration's defect must not end the run.
            _iterations.Broken(e);
            end = StepsEnd.Failed;
        }

        if (isIteration) _iterations?.Over(end);
        return end;
    }

    private bool Holds(CompiledStep step, CelProgram condition, ref StepsEnd end)
    {
        var holds = condition.Evaluate(_activation);
        if (holds.IsError) end = Failed(step, "when", "when", holds.AsError);
        return holds.IsTrue;
    }

    private bool TryBegin(CompiledRequest step, CancellationToken interrupt, out ValueTask<Exchange> sending)
    {
        var isMade = _requests.TryMake(step, out var parts);
        sending = isMade ? _requests.BeginAsync(_scope, step, parts, _lag, interrupt) : default;
        return isMade;
    }

    private ValueTask<bool> SleepAsync(CompiledSleep step, CancellationToken interrupt) => _clock.WaitUntilAsync(_clock.Now + Pauses.Next(step.Spec, _activation.Host), interrupt);

    private ValueTask<StepsEnd> OtherAsync(CompiledStep step, CancellationToken interrupt) => step switch
    {
        CompiledSet set => new(Set(set)),
        CompiledCheck check => new(Check(check)),
        CompiledRecording record => new(Record(record)),
        CompiledGroup group => GroupAsync(group, interrupt),
        CompiledCall call => RunAsync(call.Steps, isIteration: false, interrupt),
        CompiledRepeat repeat => RepeatAsync(repeat, interrupt),
        CompiledOneOf choice => RunAsync(choice.Branches[choice.Choice.Pick(_number, _visits[choice.Ordinal]++)], isIteration: false, interrupt),
        CompiledParallel parallel => (_parallel ??= Parallel()).RunAsync(_scope, parallel, _activation, _lag, interrupt),
        CompiledJob job => JobAsync(job, interrupt),
        CompiledStop stop => new(Stop(stop)),
        CompiledLog log => new(Log(log)),
        _ => throw new InvalidOperationException($"no step is a {step.GetType().Name}"),
    };

    private ParallelRequests Parallel() =>
        new(_requests, _onResponse, lane => new RequestRunner(_requests.Session.Lane(lane), _activation, _shard, _clock, _events));

    private StepsEnd Set(CompiledSet step)
    {
        foreach (var (name, program) in step.Values)
        {
            var value = program.Evaluate(_activation);
            if (value.IsError) return Failed(step, $"set {name}", $"set.{name}", value.AsError);
            _activation.SetVariable(name, value);
        }

        return StepsEnd.Completed;
    }

    private StepsEnd Check(CompiledCheck step)
    {
        _onResponse.Check(_scope, step, step.Checks);
        return StepsEnd.Completed;
    }

    private StepsEnd Record(CompiledRecording step)
    {
        foreach (var sample in step.Samples) _onResponse.Record(_scope, step, sample);
        return StepsEnd.Completed;
    }

    private ValueTask<StepsEnd> JobAsync(CompiledJob step, CancellationToken interrupt)
    {
        // Validation lets none stand where iterations run.
        if (_jobs is null) return ValueTask.FromResult(Failed(step, "job", "job", new CelError(CelErrorCode.InvalidArgument, "a job runs in setup, verify and teardown alone")));
        return _jobs.RunAsync(step, job => _onResponse.Check(_scope, job, job.Checks), interrupt);
    }

    private async ValueTask<StepsEnd> GroupAsync(CompiledGroup step, CancellationToken interrupt)
    {
        var started = _clock.Now;
        var end = await RunAsync(step.Steps, isIteration: false, interrupt);
        if (end >= StepsEnd.Aborted) return end;
        var took = _clock.Now - started;
        lock (_shard.Gate) _shard.StepLocked(_scope, step).GroupDuration.RecordNanoseconds(took);
        return end;
    }

    private async ValueTask<StepsEnd> RepeatAsync(CompiledRepeat step, CancellationToken interrupt)
    {
        var (rounds, list) = (step.AtMost, (CelList?)null);
        if (step.Times is not null)
        {
            var times = step.Times.Evaluate(_activation);
            if (times.IsError) return Failed(step, "times", "repeat.times", times.AsError);
            if (!times.TryGetNumber(out var number) || number is < 0 or > Model.Spec.RepeatStep.MostRounds) return Failed(step, "times", "repeat.times", Wrong($"times lies between 0 and {Model.Spec.RepeatStep.MostRounds}"));
            rounds = Math.Min(rounds, (long)number);
        }
        else if (step.Each is not null)
        {
            var items = step.Each.Evaluate(_activation);
            if (items.IsError) return Failed(step, "each", "repeat.each", items.AsError);
            if (items.Kind != CelKind.List) return Failed(step, "each", "repeat.each", Wrong("each wants a list"));
            list = CelJson.Detach(items).AsList;
            rounds = Math.Min(rounds, list.Count);
        }

        for (var round = 0L; round < rounds; round++)
        {
            if (step.While is not null)
            {
                var holds = step.While.Evaluate(_activation);
                if (holds.IsError) return Failed(step, "while", "repeat.while", holds.AsError);
                if (!holds.IsTrue) break;
            }

            if (step.As is not null) _activation.SetVariable(step.As, list is null ? CelValue.Of(round) : list[(int)round]);
            var end = await RunAsync(step.Steps, isIteration: false, interrupt);
            if (end != StepsEnd.Completed) return end;
            if (round % RoundsAtOnce == RoundsAtOnce - 1) await VuThreads.Yield();
        }

        return StepsEnd.Completed;

        static CelError Wrong(string message) => new(CelErrorCode.InvalidArgument, message);
    }

    private StepsEnd Stop(CompiledStop step)
    {
        var reason = step.Reason.Render(_activation);
        if (reason.IsError) return Failed(step, step.EndsRun ? "abort" : "fail", step.EndsRun ? "abort" : "fail", reason.AsError);
        if (step.EndsRun) _events.Abort(step, reason.AsString);
        else _events.Failed(step, reason.AsString);
        return step.EndsRun ? StepsEnd.Aborted : StepsEnd.Failed;
    }

    private StepsEnd Log(CompiledLog step)
    {
        var message = step.Message.Render(_activation);
        if (message.IsError) return Failed(step, "log", "log", message.AsError);
        _events.Log(step, _scope.Name, _activation.Id, message.AsString);
        return StepsEnd.Completed;
    }

    private StepsEnd Failed(CompiledStep step, string what, string field, CelError error)
    {
        _activation.Fail($"{step.Path}.{field}", error.Message);
        _events.ExpressionFailed(step, what, error.Message);
        return StepsEnd.Failed;
    }
}

/// <summary>What a virtual user is told of its iterations.</summary>
internal interface IIterationEvents
{
    /// <summary>All steps of one are over; before whoever awaits it goes on.</summary>
    void Over(StepsEnd end);

    /// <summary>A defect of ours; the iteration ends as failed.</summary>
    void Broken(Exception defect);
}

/// <summary>How a list of steps ended; the later, the weightier.</summary>
internal enum StepsEnd
{
    /// <summary>All ran.</summary>
    Completed,

    /// <summary>An expression or a step failed, and the rest was left out.</summary>
    Failed,

    /// <summary>A step ended the run.</summary>
    Aborted,

    /// <summary>Cut off.</summary>
    Interrupted,
}
