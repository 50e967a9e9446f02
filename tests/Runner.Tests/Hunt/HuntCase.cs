using System.Globalization;

namespace LoadTesting.Runner.Tests.Hunt;

/// <summary>What is done to the generator, its target or its test in one run.</summary>
public enum Fault
{
    None,
    Killed,
    Stopped,
    TooFewVUs,
    ScrapesLost,
    SomeScrapesLost,
    ClockOff,
    NoSamples,
    FilesExhausted,
    Throttled,

    /// <summary>Nobody listens at the target.</summary>
    DeadTarget,

    /// <summary>The target stops answering, and refuses or resets, from an instant on.</summary>
    DyingTarget,

    /// <summary>A column, a row or a variable is not there, which only run time can know.</summary>
    WrongData,

    /// <summary>Every answer is broken: no HTTP, cut off, or a head that never ends.</summary>
    MalformedAnswers,

    /// <summary>No condition ever leads to a request.</summary>
    ZeroRequests,
}

/// <summary>One randomised run; all of it follows from the seed.</summary>
public sealed record HuntCase
{
    public required int Seed { get; init; }

    public required Fault Fault { get; init; }

    public required int Runners { get; init; }

    public required int Victim { get; init; }

    public required bool IsOpen { get; init; }

    public required int Rate { get; init; }

    /// <summary>When the fault comes, since T0.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>How long it lasts, where it lasts.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>Whether the test has thresholds; without, a run that is not harmed is Unjudged.</summary>
    public required bool HasThresholds { get; init; }

    /// <summary>Which of several ways to do it.</summary>
    public required int Way { get; init; }

    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of a run that lost a runner; a loss as large as the hunt's is too large for either.</summary>
    public required bool GoesOnWithoutLost { get; init; }

    public bool KeepsConnections => Fault != Fault.FilesExhausted;

    /// <summary>
    /// Whether a run with this fault may end as Passed. A target that nobody reached, or that answered less than half, proves nothing good, whatever the thresholds say; nor does a test that sent
    /// nothing, or something else than it was meant to.
    /// </summary>
    public bool MayPass => Fault is Fault.None or Fault.SomeScrapesLost || (Fault == Fault.Throttled && !CpuLimit.IsPossible);

    /// <summary>Whether it may end as Unjudged: only where something was answered, and nothing asks for more.</summary>
    public bool MayBeUnjudged => Fault == Fault.DyingTarget && !HasThresholds;

    public static HuntCase Of(int seed)
    {
        var random = new Random(seed);
        var faults = Environment.GetEnvironmentVariable("LOADTEST_HUNT_FAULTS") is { Length: > 0 } named ? [.. named.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Fault>)] : Enum.GetValues<Fault>();
        var fault = faults[seed % faults.Length];
        var runners = random.Next(1, 4);
        return new HuntCase
        {
            Seed = seed,
            Fault = fault,
            // A clock is off only against another one.
            Runners = fault == Fault.ClockOff ? Math.Max(2, runners) : runners,
            Victim = random.Next(runners),
            // Descriptors run out only with connections in plenty; a quota binds only who has much to do.
            IsOpen = fault is Fault.TooFewVUs || (random.Next(2) == 0 && fault is not (Fault.FilesExhausted or Fault.Throttled)),
            Rate = random.Next(20, 80),
            GoesOnWithoutLost = random.Next(2) == 0,
            // The faults of the target and of the test are such with and without thresholds, and whatever these speak of.
            HasThresholds = fault < Fault.DeadTarget || random.Next(2) == 0,
            Way = random.Next(6),
            At = TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 2.2)),
            For = TimeSpan.FromSeconds((fault == Fault.Throttled ? 2.5 : 1.5) + random.NextDouble()),
        };
    }

    public string Manifest(Uri target)
    {
        var executor = IsOpen
            ? string.Create(CultureInfo.InvariantCulture, $"executor: constant-arrival-rate, rate: {Rate}, duration: 5s, preAllocatedVUs: {(Fault == Fault.TooFewVUs ? 3 : 60)}, maxVUs: {(Fault == Fault.TooFewVUs ? 3 : 120)}")
            : string.Create(CultureInfo.InvariantCulture, $"executor: constant-vus, vus: {(Fault == Fault.FilesExhausted ? 250 * Runners : 9)}, duration: 5s");
        var path = Fault == Fault.DyingTarget ? "/" : Fault is Fault.TooFewVUs ? "/delay/400" : "/delay/5";
        var metric = Fault == Fault.NoSamples ? "\"http_req_duration{name:nobody}\"" : "http_req_duration";
        var steps = (Fault, Way % 3) switch
        {
            (Fault.WrongData, 0) => "{set: {key: \"'n' + 'me'\"}}, {request: {name: get, url: '/json?u=${data.users[vars.key]}'}}, {sleep: 40ms}",
            (Fault.WrongData, 1) => "{set: {list: '[1, 2]', at: 'iteration + 7'}}, {request: {name: get, method: POST, url: /echo, json: {n: '${vars.list[vars.at]}'}}}, {sleep: 40ms}",
            (Fault.WrongData, _) => "{request: {name: get, url: /json, extract: {token: json.nobody.token}}}, {request: {name: next, url: '/json?t=${vars.token}'}}, {sleep: 40ms}",
            (Fault.ZeroRequests, 0) => "{when: 'iteration < 0', request: {name: get, url: /json}}, {sleep: 40ms}",
            (Fault.ZeroRequests, 1) => "{repeat: {times: 'iteration - iteration', steps: [{request: {name: get, url: /json}}]}}, {sleep: 40ms}",
            (Fault.ZeroRequests, _) => "{repeat: {while: 'size(vars) > 1000', atMost: 5, steps: [{request: {name: get, url: /json}}]}}, {sleep: 40ms}",
            _ => $"{{request: {{name: get, url: {path}}}}}, {{sleep: 40ms}}",
        };
        // Only the guard that the fault is meant for may catch it: on a busy machine, any other one might by chance.
        var validity = Fault switch
        {
            Fault.Stopped => "maxSendLag: 1m, maxGeneratorCpu: 100%, maxThrottled: 100%, maxStall: 1s, maxStartSkew: 1m",
            Fault.FilesExhausted => "maxSendLag: 1m, maxGeneratorCpu: 100%, maxThrottled: 100%, maxStall: 1m, maxStartSkew: 1m, deliveredRatio: 0",
            Fault.Throttled => "maxSendLag: 1m, maxGeneratorCpu: 100%, maxStall: 1m, maxStartSkew: 1m, deliveredRatio: 0",
            Fault.ClockOff => "maxTaintedSeconds: 100%, maxStartSkew: 1s",
            _ => "maxTaintedSeconds: 100%, maxStartSkew: 1m",
        };
        return $$"""
            apiVersion: loadtest.dev/v1alpha1
            kind: LoadTest
            metadata: {name: hunt}
            spec:
              target: {{target}}
              validity: { {{validity}} }
              runners: {onLoss: {{(GoesOnWithoutLost ? "continue" : "fail")}}}
              http: {keepAlive: {{(KeepsConnections ? "true" : "false")}}}
              flows: {f: [ {{steps}} ]}
              scenarios: {s: { {{executor}} } }
              {{(HasThresholds ? $"thresholds: {{ {metric}: [\"{(Fault >= Fault.DeadTarget && Way % 2 == 1 ? "p(95)<60s or absent" : "p(95)<60s")}\"], iterations: [\"count>0\"] }}" : "")}}
              {{(Fault == Fault.WrongData ? "data: [{name: users, rows: [{name: ada}, {name: ben}]}]" : "")}}
            """;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"seed {Seed}: {Fault}, {Runners} runners, victim {Victim}, {(IsOpen ? $"open {Rate}/s" : "closed")}, at {At.TotalSeconds:0.0}s for {For.TotalSeconds:0.0}s");
}
