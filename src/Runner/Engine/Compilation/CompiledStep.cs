using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Runner.Http.Wire;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>A step with everything parsed.</summary>
/// <param name="Id">0-based number in the whole test.</param>
/// <param name="When">Condition; null = always.</param>
internal abstract record CompiledStep(int Id, CelProgram? When);

/// <summary>A pause.</summary>
internal sealed record CompiledSleep(int Id, CelProgram? When, Duration Min, Duration Max) : CompiledStep(Id, When);

/// <summary>Assignments, in order.</summary>
internal sealed record CompiledSet(int Id, CelProgram? When, IReadOnlyList<NamedProgram> Values) : CompiledStep(Id, When);

/// <summary>Checks outside a request.</summary>
internal sealed record CompiledCheck(int Id, CelProgram? When, IReadOnlyList<NamedProgram> Checks) : CompiledStep(Id, When);

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

    /// <summary>Null = no body.</summary>
    public required IBodyTemplate? Body { get; init; }

    public required Duration Timeout { get; init; }

    public required int Redirects { get; init; }

    public required ExpectedStatuses Expect { get; init; }

    public required IReadOnlyList<NamedProgram> Checks { get; init; }

    public required IReadOnlyList<NamedProgram> Extract { get; init; }

    public required IReadOnlyList<CompiledRecord> Record { get; init; }

    public required TagSet Tags { get; init; }

    /// <summary>Most octets of the body to keep; 0 when no expression reads it.</summary>
    public required long KeepBodyBytes { get; init; }

    /// <summary>Whether an expression reads header fields of the response.</summary>
    public required bool ReadsHeaders { get; init; }

    /// <summary>The head as octets, where it does not change.</summary>
    public RequestHead Head { get; } = new();

    /// <summary>Whether anything is to be evaluated on the response.</summary>
    public bool ReadsResponse => Checks.Count + Extract.Count + Record.Count > 0;
}

/// <summary>An expression and the name that its value goes to.</summary>
internal sealed record NamedProgram(string Name, CelProgram Program);

/// <summary>A sample of a custom metric.</summary>
/// <param name="Metric">Which.</param>
/// <param name="Value">Null = 1, true, or for a rate the condition.</param>
/// <param name="When">Null = always.</param>
/// <param name="Tags">Tags of the sample beyond those of the request.</param>
internal sealed record CompiledRecord(MetricDefinition Metric, CelProgram? Value, CelProgram? When, TagSet Tags);
