using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>Told of what goes wrong in steps, beyond the metrics that count it.</summary>
internal interface IStepEvents
{
    /// <summary>An expression failed.</summary>
    /// <param name="step">Where.</param>
    /// <param name="what">Which part of it, e.g. <c>extract orderId</c>.</param>
    /// <param name="message">Why.</param>
    void ExpressionFailed(CompiledStep step, string what, string message);

    /// <summary>A check did not hold.</summary>
    void CheckFailed(string check);

    /// <summary>An exchange ended with another status than expected, or without a response.</summary>
    void Unexpected(CompiledRequest request, Exchange exchange);

    /// <summary>The cookie jar does not keep a cookie that an answer set.</summary>
    /// <param name="request">Whose answer.</param>
    /// <param name="why">A sentence with name and cause, without the value.</param>
    void CookieRefused(CompiledRequest request, string why);

    /// <summary>A step ends the iteration with a reason.</summary>
    void Failed(CompiledStep step, string reason);

    /// <summary>A step ends the whole run with a reason; the iteration ends with it.</summary>
    void Abort(CompiledStep step, string reason);

    /// <summary>Something worth a line that is no trouble.</summary>
    void Say(CompiledStep step, string message);

    /// <summary>A <c>log</c> step was reached.</summary>
    /// <param name="step">Which.</param>
    /// <param name="scenario">Where: a scenario's name, or <c>setup</c>, <c>verify</c>, <c>teardown</c>.</param>
    /// <param name="vu">Who: 1-based number in the whole test; 0 for parts that run once.</param>
    /// <param name="message">What it says.</param>
    void Log(CompiledStep step, string scenario, long vu, string message);
}
