using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Recording;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>What a step does with an answer: checks, then extracts, then records.</summary>
internal sealed class ResponseSteps
{
    private const int FewChecks = 32;

    private readonly VuActivation _activation;
    private readonly RecorderShard _shard;
    private readonly RecorderShard _gauges;
    private readonly IStepEvents _events;

    public ResponseSteps(VuActivation activation, RecorderShard shard, RecorderShard gauges, IStepEvents events)
    {
        (_activation, _shard, _gauges, _events) = (activation, shard, gauges, events);
    }

    /// <summary>Does all of it; nothing for an exchange that was cut off.</summary>
    public StepsEnd Run(CompiledScope scope, CompiledRequest step, Exchange exchange, HttpSession session)
    {
        if (exchange.Outcome == ExchangeOutcome.Interrupted) return CutOff(scope);
        // k6's throw: an exception before any check has its turn.
        if (step.Throws && exchange.Outcome == ExchangeOutcome.Failed) return StepsEnd.Failed;
        if (!step.ReadsResponse) return StepsEnd.Completed;
        var kind = new ExchangeKind("", "", exchange.Status, true, exchange.Error, "", "");
        _activation.BeginResponse(exchange, session, kind.ErrorCode, step.JsonFields);
        try
        {
            Check(scope, step, step.Checks);
            foreach (var record in step.Record) Record(scope, step, record);
            return Extract(scope, step, exchange);
        }
        finally
        {
            _activation.EndResponse();
        }
    }

    private StepsEnd CutOff(CompiledScope scope)
    {
        if (scope.IsScenario)
        {
            lock (_shard.Gate) _shard.ScopeLocked(scope).CutOff.Add(1);
        }

        return StepsEnd.Interrupted;
    }

    /// <summary>One sample for each; an expression that fails is a check that fails, and does not end the iteration: an answer of an unexpected shape is what checks are for.</summary>
    /// <param name="scope">Where it runs.</param>
    /// <param name="step">Whose checks they are.</param>
    /// <param name="checks">All of the step's.</param>
    public void Check(CompiledScope scope, CompiledStep step, NamedProgram[] checks)
    {
        if (checks.Length == 0) return;
        var held = checks.Length <= FewChecks ? stackalloc bool[FewChecks] : new bool[checks.Length];
        for (var i = 0; i < checks.Length; i++)
        {
            var value = checks[i].Program.Evaluate(_activation);
            if (value.IsError) _events.ExpressionFailed(step, $"check '{checks[i].Name}'", value.AsError.Message);
            if (!value.IsTrue) _events.CheckFailed(checks[i].Name);
            held[i] = value.IsTrue;
        }

        lock (_shard.Gate)
        {
            var series = _shard.StepLocked(scope, step);
            for (var i = 0; i < checks.Length; i++) series.CheckLocked(i, checks[i].Name).Add(held[i]);
        }
    }

    // What later steps need is missing: unless the author says otherwise, going on would only make more errors of one.
    private StepsEnd Extract(CompiledScope scope, CompiledRequest step, Exchange exchange)
    {
        foreach (var (name, program) in step.Extract)
        {
            var value = program.Evaluate(_activation);
            if (!value.IsError)
            {
                _activation.SetVariable(name, value);
                continue;
            }

            lock (_shard.Gate) _shard.StepLocked(scope, step).MissingLocked(name).Add(1);
            var what = $"extract {name}";
            if (step.OnMissing == MissingPolicy.Continue)
            {
                _events.Say(step, $"{step.Label}: {what}: {value.AsError.Message}");
                continue;
            }

            _events.ExpressionFailed(step, what, value.AsError.Message);

            // In the answer that the test expects, it looks for what is not there. In another one, or in none, that is no error of the test's: the request
            // has failed and is counted as such.
            if (exchange.Outcome == ExchangeOutcome.Response && step.Expect.Contains(exchange.Status)) _activation.Fail($"{step.Path}.request.extract.{name}", value.AsError.Message);
            if (step.OnMissing == MissingPolicy.SkipIteration) return StepsEnd.Failed;
            _events.Abort(step, $"{step.Label}: {what}: {value.AsError.Message}");
            return StepsEnd.Aborted;
        }

        return StepsEnd.Completed;
    }

    /// <summary>One sample. One that cannot be made is left out, as in k6; it says nothing about the answer.</summary>
    public void Record(CompiledScope scope, CompiledStep step, CompiledRecord record)
    {
        var isConditionTheSample = record.Metric.Type == MetricType.Rate && record.Value is null;
        var condition = record.When?.Evaluate(_activation) ?? CelValue.True;
        if (condition.IsError)
        {
            _events.ExpressionFailed(step, $"record {record.Metric.Name}", condition.AsError.Message);
            return;
        }

        if (!condition.IsTrue && !isConditionTheSample) return;
        var value = record.Value?.Evaluate(_activation) ?? (isConditionTheSample ? condition : CelValue.Of(1L));
        if (record.Metric.Type == MetricType.Distinct && !value.IsError)
        {
            var text = value.Kind == CelKind.String ? value.AsString : CelJson.ToText(value);
            lock (_shard.Gate) ((DistinctSeries)_shard.StepLocked(scope, step).CustomLocked(record)).Add(text);
            return;
        }

        if (!TryNumber(value, out var number))
        {
            _events.ExpressionFailed(step, $"record {record.Metric.Name}", value.IsError ? value.AsError.Message : "the value is neither a number nor a boolean");
            return;
        }

        Add(scope, step, record, number);
    }

    private void Add(CompiledScope scope, CompiledStep step, CompiledRecord record, double number)
    {
        // Times are written in milliseconds and stored in seconds.
        var stored = record.Metric.Unit == MetricUnit.Time ? number / 1000 : number;
        var shard = record.Metric.Type == MetricType.Gauge ? _gauges : _shard;
        lock (shard.Gate)
        {
            switch (shard.StepLocked(scope, step).CustomLocked(record))
            {
                case CounterSeries counter: counter.Add(stored); break;
                case RateSeries rate: rate.Add(number != 0); break;
                case TrendSeries trend: trend.Record(stored); break;
                case GaugeSeries gauge: gauge.Set(stored); break;
            }
        }
    }

    private static bool TryNumber(in CelValue value, out double number)
    {
        if (value.TryGetNumber(out number)) return true;
        number = value.IsTrue ? 1 : 0;
        return value.Kind == CelKind.Bool;
    }
}
