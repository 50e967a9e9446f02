using System.Collections.Concurrent;
using LoadTesting.Model.Reporting;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Http;
using Microsoft.Extensions.Logging;

namespace LoadTesting.Runner.Engine;

/// <summary>Says each kind of trouble once: a test that fails a thousand times a second must not write a thousand lines a second. The metrics count.</summary>
internal sealed partial class EngineLog : IStepEvents
{
    // Far more than a readable log has; a bound because redirects and statuses make kinds at run time.
    private const int MostKinds = 1000;
    private const int MostCookies = 20;

    /// <summary>Lines of <c>log</c> steps that one worker says in a second.</summary>
    public const int LogLinesPerSecond = 10;

    /// <summary>Longest text of a line; a template may render a whole response body.</summary>
    public const int LongestText = 4096;

    /// <summary>Event of what <c>log</c> steps say: hosts show it even where they show no other information.</summary>
    public const int LogStepEvent = 100;

    /// <summary>Event of how many lines of <c>log</c> steps were left out.</summary>
    public const int LeftOutEvent = 101;

    private readonly ILogger _log;
    private readonly SecretMask _secrets;
    private readonly Action<string> _abort;
    private readonly TimeProvider _time;
    private readonly LogBudget _budget = new(LogLinesPerSecond, MostKinds);
    private readonly ConcurrentDictionary<(int Step, string What), bool> _said = new();
    private int _cookies;

    /// <summary>A log.</summary>
    /// <param name="log">Where it says it.</param>
    /// <param name="secrets">What it must not show.</param>
    /// <param name="abort">Told why the run is to end.</param>
    /// <param name="time">Clock of the bounds.</param>
    public EngineLog(ILogger log, SecretMask secrets, Action<string> abort, TimeProvider time)
    {
        (_log, _secrets, _abort, _time) = (log, secrets, abort, time);
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

    public void CookieRefused(CompiledRequest request, string why)
    {
        // The same cookie may come with every answer: it is said once for the whole test. Names that are made up anew each time must not fill the log.
        if (Volatile.Read(ref _cookies) >= MostCookies || !IsNew(-1, why)) return;
        LogCookie(_log, request.Name, _secrets.Mask(why), Interlocked.Increment(ref _cookies) == MostCookies ? " (further ones are not said)" : "");
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

    public void Log(CompiledStep step, string scenario, long vu, string message)
    {
        // Remembered is the beginning alone: a thousand bodies are too much memory for a log.
        var text = message.Length <= LongestText ? message : message[..LongestText];
        lock (_budget)
        {
            if (!_budget.TrySay(step.Id, text, _time.GetElapsedTime(0, _time.GetTimestamp()).Ticks * 100, out var leftOut)) return;
            if (leftOut > 0) LogLeftOut(_log, leftOut, LogLinesPerSecond);

            // The whole text is masked before it is cut: half a secret is not found.
            LogStep(_log, scenario, vu, PrintableText.OneLine(_secrets.Mask(message), LongestText));
        }
    }

    /// <summary>No more will be said: tells what was left out.</summary>
    public void Finish()
    {
        lock (_budget)
        {
            if (_budget.TakeLeftOut() is > 0 and var leftOut) LogLeftOut(_log, leftOut, LogLinesPerSecond);
        }
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

    [LoggerMessage(EventId = LogStepEvent, Level = LogLevel.Information, Message = "{Scenario} VU {VU}: {Text}")]
    private static partial void LogStep(ILogger logger, string scenario, long vU, string text);

    [LoggerMessage(EventId = LeftOutEvent, Level = LogLevel.Information, Message = "{Count} lines of log steps were left out: {Most} a second are shown")]
    private static partial void LogLeftOut(ILogger logger, long count, int most);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Step}: request failed: {Message} (error {Code})")]
    private static partial void LogTransport(ILogger logger, string step, string message, int code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Step}: {Why}{More}")]
    private static partial void LogCookie(ILogger logger, string step, string why, string more);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Insufficient VUs: scenario {Scenario} has reached {VUs} active VUs and cannot have more; arrivals without a free VU are dropped")]
    private static partial void LogTooFewVUs(ILogger logger, string scenario, int vus);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scenario {Scenario} ended: the unique rows of feeder {Feeder} have run out")]
    private static partial void LogOutOfRows(ILogger logger, string scenario, string feeder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Scenario {Scenario}: an iteration ended with a defect of this program")]
    private static partial void LogBroken(ILogger logger, string scenario, Exception exception);

    private bool IsNew(int step, string what) => _said.Count < MostKinds && _said.TryAdd((step, what), true);
}
