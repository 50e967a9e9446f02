using System.Collections.Concurrent;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Http;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Engine;

/// <summary>Says each kind of trouble once: a test that fails a thousand times a second must not write a thousand lines a second. The metrics count.</summary>
internal sealed partial class EngineLog : IStepEvents
{
    // Far more than a readable log has; a bound because redirects and statuses make kinds at run time.
    private const int MostKinds = 1000;

    private readonly ILogger _log;
    private readonly SecretMask _secrets;
    private readonly Action<string> _abort;
    private readonly ConcurrentDictionary<(int Step, string What), bool> _said = new();

    /// <summary>A log.</summary>
    /// <param name="log">Where it says it.</param>
    /// <param name="secrets">What it must not show.</param>
    /// <param name="abort">Told why the run is to end.</param>
    public EngineLog(ILogger log, SecretMask secrets, Action<string> abort)
    {
        (_log, _secrets, _abort) = (log, secrets, abort);
    }

    public void ExpressionFailed(CompiledStep step, string what, string message)
    {
        if (IsNew(step.Id, what)) LogExpression(_log, step.Label, what, _secrets.Mask(message));
    }

    public void CheckFailed(string check)
    {
        // The metric says it; a check that fails is what checks are for.
    }

    public void Unexpected(CompiledRequest request, Exchange exchange)
    {
        if (exchange.Error != TransportError.None && IsNew(request.Id, TransportErrors.Text(exchange.Error))) LogTransport(_log, request.Name, _secrets.Mask(exchange.ErrorText), (int)exchange.Error);
    }

    public void Failed(CompiledStep step, string reason)
    {
        if (IsNew(step.Id, reason)) LogFailed(_log, step.Label, _secrets.Mask(reason));
    }

    public void Abort(CompiledStep step, string reason)
    {
        reason = _secrets.Mask(reason);
        if (IsNew(step.Id, reason)) LogAbort(_log, step.Label, reason);
        _abort(reason);
    }

    public void Say(CompiledStep step, string message)
    {
        if (IsNew(step.Id, message)) LogMessage(_log, _secrets.Mask(message));
    }

    public void TooFewVUs(string scenario, int vus) => LogTooFewVUs(_log, scenario, vus);

    public void OutOfRows(string scenario, string feeder) => LogOutOfRows(_log, scenario, feeder);

    public void Broken(string scenario, Exception exception)
    {
        if (IsNew(-1, exception.GetType().Name)) LogBroken(_log, scenario, exception);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Step}: {What}: {Message}")]
    private static partial void LogExpression(ILogger logger, string step, string what, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Step}: the iteration fails: {Reason}")]
    private static partial void LogFailed(ILogger logger, string step, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Step}: the test is aborted: {Reason}")]
    private static partial void LogAbort(ILogger logger, string step, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Message}")]
    private static partial void LogMessage(ILogger logger, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Step}: request failed: {Message} (error {Code})")]
    private static partial void LogTransport(ILogger logger, string step, string message, int code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Insufficient VUs: scenario {Scenario} has reached {VUs} active VUs and cannot have more; arrivals without a free VU are dropped")]
    private static partial void LogTooFewVUs(ILogger logger, string scenario, int vus);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scenario {Scenario} ended: the unique rows of feeder {Feeder} have run out")]
    private static partial void LogOutOfRows(ILogger logger, string scenario, string feeder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Scenario {Scenario}: an iteration ended with a defect of this program")]
    private static partial void LogBroken(ILogger logger, string scenario, Exception exception);

    private bool IsNew(int step, string what) => _said.Count < MostKinds && _said.TryAdd((step, what), true);
}
