using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>A step with everything parsed.</summary>
/// <param name="Id">0-based number in the whole test.</param>
/// <param name="When">Condition; null = always.</param>
internal abstract record CompiledStep(int Id, CelProgram? When)
{
    /// <summary>Tag <c>group</c> of its samples, e.g. <c>::checkout::pay</c>; empty outside of groups. A flow that is called from several groups is compiled for each.</summary>
    public string Group { get; init; } = "";

    /// <summary>Where it stands in the manifest, for messages.</summary>
    public string Path { get; init; } = "";

    /// <summary>What people know it by.</summary>
    public virtual string Label => Path;
}

/// <summary>A pause.</summary>
internal sealed record CompiledSleep(int Id, CelProgram? When, SleepStep Spec) : CompiledStep(Id, When);

/// <summary>Assignments, in order.</summary>
internal sealed record CompiledSet(int Id, CelProgram? When, NamedProgram[] Values) : CompiledStep(Id, When);

/// <summary>Checks outside a request.</summary>
internal sealed record CompiledCheck(int Id, CelProgram? When, NamedProgram[] Checks) : CompiledStep(Id, When);

/// <summary>Samples of custom metrics outside a request.</summary>
internal sealed record CompiledRecording(int Id, CelProgram? When, CompiledRecord[] Samples) : CompiledStep(Id, When);

/// <summary>Steps with a name; <see cref="CompiledStep.Group"/> is its own path.</summary>
internal sealed record CompiledGroup(int Id, CelProgram? When, IReadOnlyList<CompiledStep> Steps) : CompiledStep(Id, When);

/// <summary>The steps of a flow.</summary>
internal sealed record CompiledCall(int Id, CelProgram? When, IReadOnlyList<CompiledStep> Steps) : CompiledStep(Id, When);

/// <summary>A loop.</summary>
internal sealed record CompiledRepeat(int Id, CelProgram? When, IReadOnlyList<CompiledStep> Steps) : CompiledStep(Id, When)
{
    public CelProgram? Times { get; init; }

    public CelProgram? While { get; init; }

    public CelProgram? Each { get; init; }

    public required long AtMost { get; init; }

    /// <summary>Variable of the round; null = none.</summary>
    public string? As { get; init; }
}

/// <summary>One of several lists.</summary>
/// <param name="Id">See <see cref="CompiledStep"/>.</param>
/// <param name="When">See <see cref="CompiledStep"/>.</param>
/// <param name="Ordinal">0-based number among the choices of the test.</param>
/// <param name="Choice">By weight.</param>
/// <param name="Branches">What is chosen from.</param>
internal sealed record CompiledOneOf(int Id, CelProgram? When, int Ordinal, EvenChoice Choice, IReadOnlyList<IReadOnlyList<CompiledStep>> Branches) : CompiledStep(Id, When);

/// <summary>Requests side by side.</summary>
internal sealed record CompiledParallel(int Id, CelProgram? When, IReadOnlyList<CompiledRequest> Requests, int AtOnce, int PerHost) : CompiledStep(Id, When);

/// <summary>The end of the iteration or of the run.</summary>
internal sealed record CompiledStop(int Id, CelProgram? When, CelTemplate Reason, bool EndsRun) : CompiledStep(Id, When);

/// <summary>A line in the log.</summary>
internal sealed record CompiledLog(int Id, CelProgram? When, CelTemplate Message) : CompiledStep(Id, When);

/// <summary>A program that runs once.</summary>
internal sealed record CompiledJob(int Id, CelProgram? When, JobStep Spec) : CompiledStep(Id, When)
{
    public override string Label => Spec.Name ?? Path;

    public required IReadOnlyList<CelTemplate> Command { get; init; }

    public required IReadOnlyList<CelTemplate> Args { get; init; }

    public required IReadOnlyList<KeyValuePair<string, CelTemplate>> Env { get; init; }

    public required NamedProgram[] Checks { get; init; }

    public required NamedProgram[] Extract { get; init; }
}

/// <summary>An HTTP request.</summary>
internal sealed record CompiledRequest(int Id, CelProgram? When) : CompiledStep(Id, When)
{
    /// <summary>Tag <c>name</c> of the request itself.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the author gave the name: then redirects bear it too.</summary>
    public required bool IsNamed { get; init; }

    public required HttpMethod Method { get; init; }

    public required UrlTemplate Url { get; init; }

    public required HeaderTemplates Headers { get; init; }

    /// <summary>Which of its fields have a secret in them; null = the test has no secrets.</summary>
    public Func<KeyValuePair<string, string>, bool>? IsSecret { get; init; }

    /// <summary>Null = no body.</summary>
    public required IBodyTemplate? Body { get; init; }

    /// <summary>The field that the body is written in.</summary>
    public string BodyField { get; init; } = "body";

    /// <summary>User and password for digest authentication; null = none.</summary>
    public (CelTemplate User, CelTemplate Password)? Digest { get; init; }

    public required Duration Timeout { get; init; }

    public required int Redirects { get; init; }

    public required ExpectedStatuses Expect { get; init; }

    public required NamedProgram[] Checks { get; init; }

    public required NamedProgram[] Extract { get; init; }

    /// <summary>What an extract that finds nothing does.</summary>
    public required MissingPolicy OnMissing { get; init; }

    public required CompiledRecord[] Record { get; init; }

    public required TagSet Tags { get; init; }

    /// <summary>What expressions read of the response's JSON, where that is only fields; null = all of it, or nothing.</summary>
    public CelJsonFields? JsonFields { get; init; }

    /// <summary>Most octets of the body to keep; 0 when no expression reads it.</summary>
    public required long KeepBodyBytes { get; init; }

    /// <summary>Whether an expression reads header fields of the response.</summary>
    public required bool ReadsHeaders { get; init; }

    /// <summary>The head as octets, where it does not change.</summary>
    public RequestHead Head { get; } = new();

    /// <summary>Whether a request without a response ends the iteration.</summary>
    public bool Throws { get; init; }

    public override string Label => Name;

    /// <summary>Whether anything is to be evaluated on the response.</summary>
    public bool ReadsResponse => Checks.Length + Extract.Length + Record.Length > 0;
}

/// <summary>An expression and the name that its value goes to.</summary>
internal sealed record NamedProgram(string Name, CelProgram Program);

/// <summary>A sample of a custom metric.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Value">Null = 1, true, or for a rate the condition.</param>
/// <param name="When">Null = always.</param>
/// <param name="Tags">Tags of the sample beyond those of the request.</param>
internal sealed record CompiledRecord(MetricDefinition Metric, CelProgram? Value, CelProgram? When, TagSet Tags);
