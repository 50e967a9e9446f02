using System.Globalization;

namespace LoadTesting.Runner.Tests.Hunt;

/// <summary>What is done to the generator in one run.</summary>
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

    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of a run that lost a runner; a loss as large as the hunt's is too large for either.</summary>
    public required bool GoesOnWithoutLost { get; init; }

    public bool KeepsConnections => Fault != Fault.FilesExhausted;

    /// <summary>Whether a run with this fault may end as Passed.</summary>
    public bool MayPass => Fault is Fault.None or Fault.SomeScrapesLost || (Fault == Fault.Throttled && !CpuLimit.IsPossible);

    public static HuntCase Of(int seed)
    {
        var random = new Random(seed);
        var faults = Enum.GetValues<Fault>();
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
            At = TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 2.2)),
            For = TimeSpan.FromSeconds((fault == Fault.Throttled ? 2.5 : 1.5) + random.NextDouble()),
        };
    }

    public string Manifest(Uri target)
    {
        var executor = IsOpen
            ? string.Create(CultureInfo.InvariantCulture, $"executor: constant-arrival-rate, rate: {Rate}, duration: 5s, preAllocatedVUs: {(Fault == Fault.TooFewVUs ? 3 : 60)}, maxVUs: {(Fault == Fault.TooFewVUs ? 3 : 120)}")
            : string.Create(CultureInfo.InvariantCulture, $"executor: constant-vus, vus: {(Fault == Fault.FilesExhausted ? 250 * Runners : 9)}, duration: 5s");
        var path = Fault is Fault.TooFewVUs ? "/delay/400" : "/delay/5";
        var metric = Fault == Fault.NoSamples ? "\"http_req_duration{name:nobody}\"" : "http_req_duration";
        var steps = $"{{request: {{name: get, url: {path}}}}}, {{sleep: 40ms}}";
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
              thresholds: { {{metric}}: ["p(95)<60s"] }
            """;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"seed {Seed}: {Fault}, {Runners} runners, victim {Victim}, {(IsOpen ? $"open {Rate}/s" : "closed")}, at {At.TotalSeconds:0.0}s for {For.TotalSeconds:0.0}s");
}
