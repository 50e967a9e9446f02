using System.Buffers;
using System.Runtime.CompilerServices;
using LoadTesting.Expressions;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Recording;
using LoadTesting.Runner.Engine.Timing;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>Runs lists of steps for one virtual user.</summary>
internal sealed class StepRunner : IHopObserver
{
    // A body that needed more than this gives its buffer back.
    private const int LargestBufferToHold = 64 * 1024;

    private readonly HttpSession _session;
    private readonly VuActivation _activation;
    private readonly RecorderShard _shard;
    private readonly ResponseSteps _onResponse;
    private readonly EngineClock _clock;
    private readonly IStepEvents _events;
    private readonly Exchange _unsent = new();
    private ArrayBufferWriter<byte> _body = new();
    private CompiledScope _scope = null!;
    private CompiledRequest _request = null!;
    private long _lag;

    public StepRunner(HttpSession session, VuActivation activation, RecorderShard shard, RecorderShard gauges, EngineClock clock, IStepEvents events)
    {
        (_session, _activation, _shard, _clock, _events) = (session, activation, shard, clock, events);
        _onResponse = new ResponseSteps(activation, shard, gauges, events);
    }

    /// <summary>Runs the steps in order.</summary>
    /// <param name="scope">Where they run.</param>
    /// <param name="steps">What to run.</param>
    /// <param name="lag">How late the iteration started, in nanoseconds; 0 in closed models.</param>
    /// <param name="interrupt">Ends at once.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StepsEnd> RunAsync(CompiledScope scope, IReadOnlyList<CompiledStep> steps, long lag, CancellationToken interrupt)
    {
        (_scope, _lag) = (scope, lag);
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (interrupt.IsCancellationRequested) return StepsEnd.Interrupted;
            if (step.When is { } condition)
            {
                var holds = condition.Evaluate(_activation);
                if (holds.IsError) return Failed(step, "when", holds.AsError);
                if (!holds.IsTrue) continue;
            }

            var end = step switch
            {
                CompiledRequest request => await SendAsync(request, interrupt),
                CompiledSleep sleep => await SleepAsync(sleep, interrupt),
                CompiledSet set => Set(set),
                CompiledCheck check => Check(check),
                _ => StepsEnd.Completed,
            };
            if (end != StepsEnd.Completed) return end;
        }

        return StepsEnd.Completed;
    }

    void IHopObserver.OnHop(PreparedRequest request, int hop, Exchange exchange)
    {
        var expected = _request.Expect.Contains(exchange.Status);
        var name = _request.IsNamed || hop == 0 ? _request.Name : NameOf(request.Url);
        var kind = new ExchangeKind(name, request.Method.Method, exchange.Status, expected, exchange.Error, exchange.Protocol, exchange.TlsVersion);
        lock (_shard.Gate) _shard.StepLocked(_scope, _request).ExchangeLocked(kind).RecordLocked(exchange, _lag);
        if (!expected) _events.Unexpected(_request, exchange);
    }

    // Where a redirect led, without the query: that is where ids and tokens are.
    private static string NameOf(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StepsEnd> SendAsync(CompiledRequest step, CancellationToken interrupt)
    {
        var url = step.Url.Build(_activation, out var error);
        if (error is not null) return Failed(step, "url", error);
        if (step.Headers.Build(_activation, out error) is not { } headers) return Failed(step, "headers", error!);
        if (!TryBody(step, out var body, out error)) return Failed(step, "body", error!);

        if (url is { UserInfo.Length: > 0 }) headers = Credentials.Authorize(headers, url);
        _request = step;
        var exchange = url is null ? Unsent(step) : await _session.SendAsync(
            new PreparedRequest
            {
                Method = step.Method,
                Url = url,
                Headers = headers,
                Body = body,
                Deadline = _clock.Now + step.Timeout.Nanoseconds,
                KeepBodyBytes = step.KeepBodyBytes,
                KeepsHeaders = step.ReadsHeaders,
                Head = step.Head,
            },
            step.Redirects,
            this,
            interrupt);
        if (exchange.Outcome == ExchangeOutcome.Interrupted) return StepsEnd.Interrupted;
        return step.ReadsResponse ? _onResponse.Run(_scope, step, exchange) : StepsEnd.Completed;
    }

    // As in k6: a URL that cannot be parsed is no exchange and gives no sample, but checks see the error.
    private Exchange Unsent(CompiledRequest step)
    {
        _unsent.Reset(_clock.Now);
        (_unsent.Error, _unsent.ErrorText) = (TransportError.InvalidUrl, "not an http or https URL");
        _events.Unexpected(step, _unsent);
        return _unsent;
    }

    private bool TryBody(CompiledRequest step, out ReadOnlyMemory<byte>? body, out CelError? error)
    {
        (body, error) = (null, null);
        if (step.Body is null) return true;
        if (step.Body.Constant is { } constant)
        {
            body = constant;
            return true;
        }

        if (_body.Capacity > LargestBufferToHold) _body = new ArrayBufferWriter<byte>();
        _body.ResetWrittenCount();
        error = step.Body.Write(_activation, _body);
        body = _body.WrittenMemory;
        return error is null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StepsEnd> SleepAsync(CompiledSleep step, CancellationToken interrupt)
    {
        var span = step.Min.Nanoseconds;
        if (step.Max > step.Min) span += (long)(_activation.Host.NextDouble() * (step.Max - step.Min).Nanoseconds);
        return await _clock.WaitUntilAsync(_clock.Now + span, interrupt) ? StepsEnd.Completed : StepsEnd.Interrupted;
    }

    private StepsEnd Set(CompiledSet step)
    {
        foreach (var (name, program) in step.Values)
        {
            var value = program.Evaluate(_activation);
            if (value.IsError) return Failed(step, $"set {name}", value.AsError);
            _activation.SetVariable(name, value);
        }

        return StepsEnd.Completed;
    }

    private StepsEnd Check(CompiledCheck step)
    {
        _onResponse.Check(_scope, step, step.Checks);
        return StepsEnd.Completed;
    }

    private StepsEnd Failed(CompiledStep step, string what, CelError error)
    {
        _events.ExpressionFailed(step, what, error.Message);
        return StepsEnd.Failed;
    }
}

/// <summary>How a list of steps ended.</summary>
internal enum StepsEnd
{
    /// <summary>All ran.</summary>
    Completed,

    /// <summary>An expression failed, and the rest was left out.</summary>
    Failed,

    /// <summary>Cut off.</summary>
    Interrupted,
}
