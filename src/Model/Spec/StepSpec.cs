namespace LoadTesting.Model.Spec;

/// <summary>
/// One step of a flow. A closed set: <see cref="RequestStep"/>, <see cref="SleepStep"/>, <see cref="SetStep"/>, <see cref="CheckStep"/>, <see cref="RecordStep"/>, and those that steer other steps:
/// <see cref="GroupStep"/>, <see cref="RepeatStep"/>, <see cref="OneOfStep"/>, <see cref="ParallelStep"/>, <see cref="CallStep"/>, <see cref="StopStep"/>, <see cref="LogStep"/>; and <see cref="JobStep"/>, outside of flows.
/// </summary>
public abstract record StepSpec
{
    private protected StepSpec()
    {
    }

    /// <summary>CEL condition; the step is skipped when it is false. Null = always.</summary>
    public string? When { get; init; }
}

/// <summary>An HTTP request.</summary>
public sealed record RequestStep : StepSpec
{
    /// <summary>Tag <c>name</c>; null = the URL template as written, so that ids in URLs do not multiply the series.</summary>
    public string? Name { get; init; }

    /// <summary>Upper-case method. Default GET.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Template; absolute, or joined to the target.</summary>
    public required string Url { get; init; }

    /// <summary>Query parameters appended to the URL; values are templates.</summary>
    public OrderedMap<string> Query { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Headers; values are templates.</summary>
    public OrderedMap<string> Headers { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Cookies of this request only; values are templates. One of the same name in the jar is not sent.</summary>
    public OrderedMap<string> Cookies { get; init; } = OrderedMap<string>.Empty;

    /// <summary>Credentials; null = none, unless the URL has some.</summary>
    public AuthSpec? Auth { get; init; }

    /// <summary>
    /// Text body (template). At most one of <see cref="Body"/>, <see cref="Json"/>, <see cref="Form"/>, <see cref="Multipart"/> and <see cref="File"/>.
    /// </summary>
    public string? Body { get; init; }

    /// <summary>JSON body; strings in it are templates. Sets Content-Type when the headers do not.</summary>
    public SpecNode? Json { get; init; }

    /// <summary>URL-encoded form body; values are templates.</summary>
    public OrderedMap<string>? Form { get; init; }

    /// <summary>Parts of a <c>multipart/form-data</c> body; null = none.</summary>
    public IReadOnlyList<PartSpec>? Multipart { get; init; }

    /// <summary>A file that is the body, as it is. At the desk relative to the manifest's folder; in a cluster the path of a mounted volume.</summary>
    public string? File { get; init; }

    /// <summary>Encoding of the body on the wire: <c>gzip</c>, <c>deflate</c> or <c>br</c>; null = none.</summary>
    public string? Compression { get; init; }

    /// <summary>Overrides <see cref="HttpSpec.Timeout"/>.</summary>
    public Duration? Timeout { get; init; }

    /// <summary>Overrides <see cref="HttpSpec.Redirects"/>.</summary>
    public int? Redirects { get; init; }

    /// <summary>Statuses that count as expected (<c>expect.status</c>); null = the default of <see cref="HttpSpec.Expect"/>.</summary>
    public ExpectedStatuses? Expect { get; init; }

    /// <summary>Named CEL conditions on the response; each gives one sample of <c>checks</c>.</summary>
    public OrderedMap<string> Checks { get; init; } = OrderedMap<string>.Empty;

    /// <summary>VU variables set from the response: name → CEL expression.</summary>
    public OrderedMap<string> Extract { get; init; } = OrderedMap<string>.Empty;

    /// <summary>What an extract that finds nothing (its expression fails) does. Default: the iteration ends.</summary>
    public MissingPolicy OnMissing { get; init; } = MissingPolicy.SkipIteration;

    /// <summary>Custom metrics recorded from the response.</summary>
    public IReadOnlyList<RecordSpec> Record { get; init; } = [];

    /// <summary>Tags on every sample of this request; values are literal.</summary>
    public OrderedMap<string> Tags { get; init; } = OrderedMap<string>.Empty;
}

/// <summary>Credentials of a request: basic (<see cref="Username"/> and <see cref="Password"/>), <see cref="Digest"/> or <see cref="Bearer"/>.</summary>
public sealed record AuthSpec
{
    /// <summary>Template; null = not basic.</summary>
    public string? Username { get; init; }

    /// <summary>Template; null = not basic.</summary>
    public string? Password { get; init; }

    /// <summary>Digest authentication (RFC 7616), with a request that is challenged and one that answers; null = not digest.</summary>
    public DigestSpec? Digest { get; init; }

    /// <summary>The token, a template; null = not bearer.</summary>
    public string? Bearer { get; init; }
}

/// <summary>User and password for digest authentication.</summary>
/// <param name="Username">Template.</param>
/// <param name="Password">Template.</param>
public sealed record DigestSpec(string Username, string Password);

/// <summary>Custom metrics recorded without a request (k6's <c>metric.add()</c>).</summary>
public sealed record RecordStep : StepSpec
{
    /// <summary>At least one; expressions see what those of a flow see.</summary>
    public required IReadOnlyList<RecordSpec> Samples { get; init; }
}

/// <summary>A part of a <c>multipart/form-data</c> body (RFC 7578): a value or a file.</summary>
public sealed record PartSpec
{
    /// <summary>The field's name.</summary>
    public required string Name { get; init; }

    /// <summary>Text (template); null when <see cref="File"/> is given.</summary>
    public string? Value { get; init; }

    /// <summary>A file; see <see cref="RequestStep.File"/>.</summary>
    public string? File { get; init; }

    /// <summary>Name that the server is told; null = that of the file, or none.</summary>
    public string? Filename { get; init; }

    /// <summary>Null = <c>application/octet-stream</c> for files, none for values.</summary>
    public string? ContentType { get; init; }
}

/// <summary>What follows when an extract finds nothing. It counts in <c>extract_failures</c> in any case.</summary>
public enum MissingPolicy
{
    /// <summary>The variable keeps the value that it had, if any, and the iteration goes on.</summary>
    Continue,

    /// <summary>The iteration ends and counts as one with an error.</summary>
    SkipIteration,

    /// <summary>The whole run ends as with <c>abort</c>.</summary>
    FailRun,
}

/// <summary>Pauses the VU.</summary>
public sealed record SleepStep : StepSpec
{
    /// <summary>Shortest pause.</summary>
    public required Duration Min { get; init; }

    /// <summary>Longest pause; equal to <see cref="Min"/> for a fixed one, else uniform between the two unless a distribution is given.</summary>
    public required Duration Max { get; init; }

    /// <summary>Normally distributed; what lies outside of <see cref="Min"/> and <see cref="Max"/> becomes the bound. Null = not normal.</summary>
    public NormalPause? Normal { get; init; }

    /// <summary>
    /// Shape α of a Pareto distribution whose scale is <see cref="Min"/>, cut at <see cref="Max"/>: many short pauses, few long ones; the smaller, the heavier
    /// the tail. &gt; 0. Null = not Pareto.
    /// </summary>
    public double? ParetoShape { get; init; }
}

/// <summary>A normal distribution of pauses.</summary>
/// <param name="Mean">Its centre.</param>
/// <param name="Deviation">Its standard deviation.</param>
public sealed record NormalPause(Duration Mean, Duration Deviation);

/// <summary>Sets VU variables: name → CEL expression.</summary>
public sealed record SetStep : StepSpec
{
    /// <summary>Assignments, in order.</summary>
    public required OrderedMap<string> Values { get; init; }
}

/// <summary>Named CEL conditions outside a request; each gives one sample of <c>checks</c>.</summary>
public sealed record CheckStep : StepSpec
{
    /// <summary>Name → condition.</summary>
    public required OrderedMap<string> Checks { get; init; }
}

/// <summary>Type of a custom metric.</summary>
public enum CustomMetricType
{
    /// <summary>Sum of amounts.</summary>
    Counter,

    /// <summary>Current value.</summary>
    Gauge,

    /// <summary>Share of true values.</summary>
    Rate,

    /// <summary>Distribution.</summary>
    Trend,

    /// <summary>How many different values there are.</summary>
    Distinct,
}

/// <summary>One sample of a custom metric.</summary>
public sealed record RecordSpec
{
    /// <summary>Metric name: <c>^[a-zA-Z_][a-zA-Z0-9_]{1,128}$</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Its type.</summary>
    public required CustomMetricType Type { get; init; }

    /// <summary>CEL value; null = 1 for a counter and true for a rate (required for gauge, trend and distinct).</summary>
    public string? Value { get; init; }

    /// <summary>CEL condition; the sample is skipped when false. A rate without <see cref="Value"/> records this condition instead.</summary>
    public string? When { get; init; }

    /// <summary>Whether the value is a time in milliseconds (k6's isTime). Default false.</summary>
    public bool IsTime { get; init; }

    /// <summary>Tags of the sample; values are literal.</summary>
    public OrderedMap<string> Tags { get; init; } = OrderedMap<string>.Empty;
}
