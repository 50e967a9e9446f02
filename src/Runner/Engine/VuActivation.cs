using System.Text;
using LoadTesting.Expressions;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Engine.Compilation;
using LoadTesting.Runner.Engine.Data;
using LoadTesting.Runner.Http;

namespace LoadTesting.Runner.Engine;

/// <summary>The variables of one virtual user's expressions. What costs something (headers, body, JSON, timings) is made when an expression reads it.</summary>
internal sealed class VuActivation : CelActivation
{
    private static readonly int Vars = Slot(ExpressionScopes.Vars);
    private static readonly int Env = Slot(ExpressionScopes.Env);
    private static readonly int Data = Slot(ExpressionScopes.Data);
    private static readonly int Setup = Slot(ExpressionScopes.Setup);
    private static readonly int Vu = Slot(ExpressionScopes.Vu);
    private static readonly int IterationNumber = Slot(ExpressionScopes.Iteration);
    private static readonly int Scenario = Slot(ExpressionScopes.Scenario);
    private static readonly int Status = Slot(ExpressionScopes.Status);
    private static readonly int Headers = Slot(ExpressionScopes.Headers);
    private static readonly int Cookies = Slot(ExpressionScopes.Cookies);
    private static readonly int Body = Slot(ExpressionScopes.Body);
    private static readonly int Json = Slot(ExpressionScopes.Json);
    private static readonly int Timings = Slot(ExpressionScopes.Timings);
    private static readonly int ErrorMessage = Slot(ExpressionScopes.Error);
    private static readonly int ErrorCode = Slot(ExpressionScopes.ErrorCode);
    private static readonly int ExitCode = Slot(ExpressionScopes.ExitCode);
    private static readonly int Output = Slot(ExpressionScopes.Output);

    private readonly VariableMap _variables;
    private RowMap? _rows;
    private readonly Func<CelValue> _setup;
    private readonly VuMap _vu;
    private Exchange? _exchange;
    private HttpSession? _session;
    private CelJsonFields? _jsonFields;
    private CelJsonDocument? _json;

    /// <summary>The variables of a virtual user.</summary>
    /// <param name="test">Whose variables are the beginning.</param>
    /// <param name="setup">Value of <c>setup</c>; looked at when a scope begins, because users are made before it is known.</param>
    /// <param name="id">1-based number in the whole test; 0 for parts that run once.</param>
    /// <param name="host">Randomness and time.</param>
    public VuActivation(CompiledTest test, Func<CelValue> setup, long id, VuHost host)
        : base(ExpressionScopes.Job, host)
    {
        (_variables, _setup, _vu) = (new VariableMap(test.Variables), setup, new VuMap(id));
        Set(Data, CelValue.Of(CelMap.Empty));
        Set(Vu, CelValue.Of(_vu));
        ShowVariables();
    }

    /// <summary>1-based number in the whole test; 0 for parts that run once.</summary>
    public long Id => _vu.Id;

    /// <summary>What was set or extracted since the scope began.</summary>
    public IReadOnlyDictionary<string, CelValue> Own => _variables.Own;

    /// <summary>The first error of the test itself in this iteration; null as long as there is none.</summary>
    public TestError? Error { get; private set; }

    /// <summary>Notes that the iteration ends by an error of the test itself.</summary>
    /// <param name="at">Field path of what failed; empty for a defect of this program.</param>
    /// <param name="message">What was wrong.</param>
    public void Fail(string at, string message) => Error ??= new TestError(at, message);

    /// <summary>Begins to work in a scope, with nothing set or extracted.</summary>
    public void BeginScope(CompiledScope scope)
    {
        _variables.Clear();
        ShowVariables();
        Set(Setup, _setup());
        Set(Env, scope.Env);
        _rows = scope.Rows.Names.Count == 0 ? null : new RowMap(scope.Rows, Math.Max(0, _vu.Id - 1));
        Set(Data, CelValue.Of(_rows ?? CelMap.Empty));
        Set(Scenario, scope.Scenario);
    }

    /// <summary>Begins an iteration.</summary>
    /// <param name="number">0-based number in the scenario over all runners.</param>
    /// <param name="own">0-based number in the scenario of this virtual user.</param>
    public void BeginIteration(long number, long own)
    {
        _vu.Iteration = own;
        Error = null;
        _rows?.BeginIteration(number);
        Set(IterationNumber, CelValue.Of(number));
    }

    /// <summary>Sets a variable to a copy that stays valid.</summary>
    public void SetVariable(string name, in CelValue value)
    {
        _variables.Set(name, CelJson.Detach(value));
        ShowVariables();
    }

    /// <summary>Makes an answer visible until <see cref="EndResponse"/>.</summary>
    /// <param name="exchange">The answer.</param>
    /// <param name="session">Whose cookies are shown.</param>
    /// <param name="errorCode">As k6 has it.</param>
    /// <param name="jsonFields">All that will be read of <c>json</c>; null when that is not known.</param>
    public void BeginResponse(Exchange exchange, HttpSession session, int errorCode, CelJsonFields? jsonFields)
    {
        (_exchange, _session, _jsonFields) = (exchange, session, jsonFields);
        Set(Status, CelValue.Of((long)exchange.Status));
        Set(ErrorCode, CelValue.Of((long)errorCode));
        Set(ErrorMessage, CelValue.Of(exchange.ErrorText));
    }

    /// <summary>Forgets the answer: its memory belongs to the sender again.</summary>
    public void EndResponse()
    {
        _json?.Dispose();
        (_json, _exchange) = (null, null);
        Clear(Status);
        Clear(ErrorCode);
        Clear(ErrorMessage);
        Clear(Headers);
        Clear(Cookies);
        Clear(Body);
        Clear(Json);
        Clear(Timings);
    }

    /// <summary>Makes a job's result visible until <see cref="EndJob"/>.</summary>
    public void BeginJob(int exitCode, string output)
    {
        Set(ExitCode, CelValue.Of((long)exitCode));
        Set(Output, CelValue.Of(output));
        Set(Json, CelJson.Parse(Encoding.UTF8.GetBytes(output)));
    }

    /// <summary>Forgets the job's result.</summary>
    public void EndJob()
    {
        Clear(ExitCode);
        Clear(Output);
        Clear(Json);
    }

    protected override bool TryResolve(int slot, out CelValue value)
    {
        value = default;
        if (_exchange is not { } exchange) return false;
        if (slot == Headers) value = HeaderMap(exchange.Headers);
        else if (slot == Cookies) value = CelValue.Of(CelMap.Of(_session!.Cookies(exchange).Select(c => KeyValuePair.Create(c.Name, CelValue.Of(c.Value)))));
        else if (slot == Body) value = CelValue.Of(Encoding.UTF8.GetString(exchange.Body.Span));
        else if (slot == Json) value = Parse(exchange);
        else if (slot == Timings) value = TimingsMap(exchange);
        else return false;
        return true;
    }

    private static int Slot(string name) => ExpressionScopes.Job.SlotOf(name);

    private static CelValue HeaderMap(IResponseHeaders headers)
    {
        var map = new Dictionary<string, CelValue>(StringComparer.Ordinal);
        foreach (var (name, value) in headers.Fields)
        {
            var key = name.ToLowerInvariant();
            map[key] = CelValue.Of(map.TryGetValue(key, out var before) ? $"{before.AsString}, {value}" : value);
        }

        return CelValue.Of(CelMap.Of(map));
    }

    // Without a complete answer, what was not completed lasted longer than any limit: a check on it fails, and a sample of it makes no percentile better.
    private static CelValue TimingsMap(Exchange exchange)
    {
        var timings = exchange.Timings;
        var isAnswered = exchange.Outcome == ExchangeOutcome.Response;
        return CelValue.Of(CelMap.Of(
        [
            new("duration", Milliseconds(timings.Duration, isAnswered)),
            new("blocked", Milliseconds(timings.Blocked, isAnswered || timings.Progress >= ExchangeProgress.Connected)),
            new("connecting", Milliseconds(timings.Connecting, isAnswered || timings.Progress >= ExchangeProgress.Connected)),
            new("tls_handshaking", Milliseconds(timings.TlsHandshaking, isAnswered || timings.Progress >= ExchangeProgress.Connected)),
            new("sending", Milliseconds(timings.Sending, isAnswered || timings.Progress >= ExchangeProgress.Sent)),
            new("waiting", Milliseconds(timings.Waiting, isAnswered || timings.Progress >= ExchangeProgress.Answering)),
            new("receiving", Milliseconds(timings.Receiving, isAnswered)),
        ]));

        static CelValue Milliseconds(long nanoseconds, bool isCompleted) => CelValue.Of(isCompleted ? nanoseconds / 1e6 : double.PositiveInfinity);
    }

    private CelValue Parse(Exchange exchange)
    {
        if (exchange.Outcome != ExchangeOutcome.Response) return CelValue.Error(CelErrorCode.InvalidArgument, "there is no response");
        if (exchange.Body.IsEmpty) return CelValue.Error(CelErrorCode.InvalidArgument, "not JSON: the body is empty");
        if (_jsonFields is not null && _jsonFields.TryRead(exchange.Body.Span, out var fields)) return fields;
        _json = CelJsonDocument.TryParse(exchange.Body, out var error);
        return _json is null ? CelValue.Of(error!) : _json.Root;
    }

    // An empty map would be kept as it is by whoever detaches it, and fill up later.
    private void ShowVariables() => Set(Vars, CelValue.Of(_variables.Count == 0 ? CelMap.Empty : _variables));
}
