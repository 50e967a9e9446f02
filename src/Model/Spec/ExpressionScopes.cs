using LoadTesting.Expressions;

namespace LoadTesting.Model.Spec;

/// <summary>
/// Which variables an expression sees, by where it stands. The validator checks against these environments and the engine compiles in them,
/// so that what validates also runs. The environment of a response is made from that of a request by adding variables: slots agree.
/// </summary>
public static class ExpressionScopes
{
    /// <summary>
    /// What every expression of a flow sees:
    /// <c>vars</c> (the test's variables, overlaid by what the VU set or extracted), <c>env</c>, <c>data</c> (the current row of each feeder; in setup, verify and teardown the list of all its rows),
    /// <c>setup</c> (what setup extracted), <c>vu</c> (<c>{id, iteration}</c>: number in the whole test from 1, own iterations from 0),
    /// <c>iteration</c> (0-based number in the scenario over all runners), <c>scenario</c> (<c>{name, executor}</c>).
    /// </summary>
    public static readonly CelEnvironment Flow = CelEnvironment.Standard.WithLoadTestFunctions()
        .WithVariable(Vars, CelType.Map(CelType.String, CelType.Dyn))
        .WithVariable(Env, CelType.Map(CelType.String, CelType.String))
        .WithVariable(Data, CelType.Map(CelType.String, CelType.Dyn))
        .WithVariable(Setup, CelType.Map(CelType.String, CelType.Dyn))
        .WithVariable(Vu, CelType.Map(CelType.String, CelType.Int))
        .WithVariable(Iteration, CelType.Int)
        .WithVariable(Scenario, CelType.Map(CelType.String, CelType.String));

    /// <summary>
    /// What checks, extract and record of a request see besides: <c>status</c> (0 = no response), <c>headers</c> (names in lower case, several values
    /// joined by comma and blank), <c>cookies</c> (by name: what the jar would send to that URL again, and what the response itself sets), <c>body</c> (text), <c>json</c> (the body parsed; an error value when it is not JSON), <c>timings</c> (k6's phases in
    /// ms: duration, blocked, connecting, tls_handshaking, sending, waiting, receiving), <c>error</c> and <c>error_code</c> (k6's; empty and 0 when the exchange went well).
    /// </summary>
    public static readonly CelEnvironment Response = Flow
        .WithVariable(Status, CelType.Int)
        .WithVariable(Headers, CelType.Map(CelType.String, CelType.String))
        .WithVariable(Cookies, CelType.Map(CelType.String, CelType.String))
        .WithVariable(Body, CelType.String)
        .WithVariable(Json, CelType.Dyn)
        .WithVariable(Timings, CelType.Map(CelType.String, CelType.Double))
        .WithVariable(Error, CelType.String)
        .WithVariable(ErrorCode, CelType.Int);

    /// <summary>
    /// What checks and extract of a job see besides those of a flow: <c>exitCode</c>, <c>output</c> (what it printed, without blanks around it) and <c>json</c> (the output parsed; an error value when it
    /// is not JSON). The other variables of a response have slots here, so that one activation serves all environments, but no value: see <see cref="IsOfJob"/>.
    /// </summary>
    public static readonly CelEnvironment Job = Response.WithVariable(ExitCode, CelType.Int).WithVariable(Output, CelType.String);

    /// <summary>Whether a variable of <see cref="Job"/> has a value in a job's expressions.</summary>
    public static bool IsOfJob(string variable) => variable is ExitCode or Output or Json || Flow.SlotOf(variable) >= 0;

    /// <summary>
    /// What expressions see that are evaluated before anything of one test runs: <c>env</c>, <c>vars</c> and <c>data</c> have the names that it declares and
    /// no others.
    /// </summary>
    internal static CelEnvironment For(LoadTestSpec spec)
    {
        return Flow
            .WithVariable(Env, Record(spec.Env.Select(e => e.Name), CelType.String))
            .WithVariable(Vars, Record(spec.Variables.Keys, CelType.Dyn))
            .WithVariable(Data, Record(spec.Data.Select(d => d.Name), CelType.Dyn));

        static CelType Record(IEnumerable<string> names, CelType type) => CelType.Record(names.Distinct(StringComparer.Ordinal).ToDictionary(n => n, _ => type, StringComparer.Ordinal));
    }

    /// <summary>Variable: test and VU variables.</summary>
    public const string Vars = "vars";

    /// <summary>Variable: environment.</summary>
    public const string Env = "env";

    /// <summary>Variable: feeder rows.</summary>
    public const string Data = "data";

    /// <summary>Variable: values extracted by setup.</summary>
    public const string Setup = "setup";

    /// <summary>Variable: who runs.</summary>
    public const string Vu = "vu";

    /// <summary>Variable: global iteration number.</summary>
    public const string Iteration = "iteration";

    /// <summary>Variable: the scenario.</summary>
    public const string Scenario = "scenario";

    /// <summary>Variable: how a job's program ended.</summary>
    public const string ExitCode = "exitCode";

    /// <summary>Variable: what a job's program printed.</summary>
    public const string Output = "output";

    /// <summary>Variable: response status.</summary>
    public const string Status = "status";

    /// <summary>Variable: response headers.</summary>
    public const string Headers = "headers";

    /// <summary>Variable: cookies after the response.</summary>
    public const string Cookies = "cookies";

    /// <summary>Variable: response body as text.</summary>
    public const string Body = "body";

    /// <summary>Variable: response body as JSON.</summary>
    public const string Json = "json";

    /// <summary>Variable: phases of the exchange.</summary>
    public const string Timings = "timings";

    /// <summary>Variable: transport error text.</summary>
    public const string Error = "error";

    /// <summary>Variable: k6's error code.</summary>
    public const string ErrorCode = "error_code";
}
