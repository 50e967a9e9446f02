using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>Turns requests as written into requests with everything parsed.</summary>
internal sealed class RequestCompiler
{
    private readonly LoadTestSpec _spec;
    private readonly CompilationContext _context;
    private readonly CelActivation _probe;

    public RequestCompiler(LoadTestSpec spec, CompilationContext context, CelActivation probe)
    {
        (_spec, _context, _probe) = (spec, context, probe);
    }

    /// <summary>The request; null, with the problems noted, when its URL cannot be made.</summary>
    public CompiledRequest? Compile(RequestStep step, CelProgram? when, string path)
    {
        var url = _context.Template(step.Url, $"{path}.url");
        var query = Templates(step.Query, $"{path}.query");
        var body = Body(step, path);
        if (body is not null && step.Compression is not null) body = new CompressedBody(body, step.Compression);
        var headers = Headers(step, body, path);
        var checks = _context.Programs(step.Checks, ExpressionScopes.Response, $"{path}.checks");
        var extract = _context.Programs(step.Extract, ExpressionScopes.Response, $"{path}.extract");
        var record = Records(step.Record, ExpressionScopes.Response, $"{path}.record");
        if (url is null) return null;
        _context.NoteUrl(step.Url);

        var onResponse = checks.Concat(extract).Select(p => p.Program).Concat(record.SelectMany(r => new[] { r.Value, r.When })).OfType<CelProgram>().ToList();
        var readsHeaders = onResponse.Exists(p => p.References.Contains(ExpressionScopes.Headers));
        var readsBody = onResponse.Exists(p => p.References.Contains(ExpressionScopes.Body) || p.References.Contains(ExpressionScopes.Json));
        return new CompiledRequest(_context.NextStep(), when)
        {
            Name = step.Name ?? Credentials.Mask(step.Url),
            IsNamed = step.Name is not null,
            Method = new HttpMethod(step.Method),
            Url = new UrlTemplate(_spec.Target, url, query, _probe),
            Headers = new HeaderTemplates(headers, _probe, step.Auth is { Username: not null }),
            IsSecret = SecretInputs.FieldsOf(_spec, headers, _context.Secrets),
            Body = body,
            BodyField = step.Json is not null ? "json" : step.Multipart is not null ? "multipart" : step.Form is not null ? "form" : "body",
            Digest = step.Auth?.Digest is { } digest && _context.Template(digest.Username, $"{path}.auth.digest.username") is { } user && _context.Template(digest.Password, $"{path}.auth.digest.password") is { } password
                ? (user, password)
                : null,
            Timeout = step.Timeout ?? _spec.Http.Timeout,
            Redirects = step.Redirects ?? _spec.Http.Redirects,
            Expect = step.Expect ?? _spec.Http.Expect ?? ExpectedStatuses.Default,
            Checks = checks,
            Extract = extract,
            OnMissing = step.OnMissing,
            Throws = _spec.Http.Throw,
            Record = record,
            Tags = TagSet.From(step.Tags),
            ReadsHeaders = readsHeaders,
            JsonFields = CelJsonFields.ReadBy(onResponse, ExpressionScopes.Json),
            KeepBodyBytes = readsBody ? _spec.Http.MaxBodyBytes : 0,
        };
    }

    /// <summary>A request that is waited for; null, with the problems noted, when its URL is no template.</summary>
    public CompiledReady? Ready(ReadyRequest request, string path) => _context.Template(request.Url, $"{path}.url") is not { } url ? null : new CompiledReady(
        Credentials.Mask(request.Url),
        new UrlTemplate(_spec.Target, url, [], _probe),
        new HeaderTemplates(Headers(new RequestStep { Url = request.Url }, null, path), _probe, false),
        request.Expect ?? ExpectedStatuses.Default,
        request.Interval,
        _spec.Http.Timeout);

    /// <summary>A question to Prometheus. The test's own headers are for the target, not for it.</summary>
    public CompiledQuery? Query(ObservedQuery query, string path)
    {
        var (url, text) = (_context.Template(query.Url, $"{path}.url"), _context.Template(query.Query, $"{path}.query"));
        var agent = _context.Template(_spec.Http.UserAgent ?? CompiledTest.DefaultUserAgent, "spec.http.userAgent");
        if (url is null || text is null || agent is null) return null;
        var fields = new List<(string Name, CelTemplate Value)> { ("User-Agent", agent) };
        var credentials = query.Auth switch { { Bearer: { } token } => $"Bearer {token}", { Username: { } user } => $"{user}:{query.Auth.Password}", _ => null };
        if (credentials is not null && _context.Template(credentials, $"{path}.auth") is { } value) fields.Add(("Authorization", value));
        return new CompiledQuery(
            query.Name, Credentials.Mask(query.Url), new UrlTemplate(null, url, [], _probe), text, new HeaderTemplates(fields, _probe, query.Auth is { Username: not null }), query.Interval);
    }

    private IBodyTemplate? Body(RequestStep step, string path)
    {
        if (step.Json is not null) return JsonBody.Compile(step.Json, $"{path}.json", _context, _probe);
        if (step.File is not null) return new FileBody(_context.ReadFile(step.File, $"{path}.file"));
        if (step.Multipart is not null) return new MultipartBody([.. step.Multipart.Select((p, i) => Part(p, $"{path}.multipart[{i}]"))], _probe);
        if (step.Form is not null) return new FormBody(Templates(step.Form, $"{path}.form"), _probe);
        return step.Body is not null && _context.Template(step.Body, $"{path}.body") is { } text ? new TextBody(text, _probe) : null;
    }

    // The test's headers, overlaid by the request's; then what nobody said.
    private List<(string Name, CelTemplate Value)> Headers(RequestStep step, IBodyTemplate? body, string path)
    {
        var own = Templates(step.Headers, $"{path}.headers");
        var fields = Templates(_spec.Http.Headers, "spec.http.headers").Where(h => !Has(own, h.Name)).Concat(own).ToList();
        Add("Authorization", step.Auth switch { { Bearer: { } token } => $"Bearer {token}", { Username: { } user } => $"{user}:{step.Auth.Password}", _ => null }, "auth");
        Add("Cookie", step.Cookies.Count == 0 ? null : string.Join("; ", step.Cookies.Select(c => $"{c.Key}={c.Value}")), "cookies");
        Add("Content-Encoding", body is null ? null : step.Compression, "compression");
        AddDefault("User-Agent", _spec.Http.UserAgent ?? CompiledTest.DefaultUserAgent);
        if (body?.ContentType is { } contentType) AddDefault("Content-Type", contentType);
        return fields;

        // In place of one of the test's headers: the request's own is nearer.
        void Add(string name, string? text, string field)
        {
            if (text is null || _context.Template(text, $"{path}.{field}") is not { } template) return;
            fields.RemoveAll(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            fields.Add((name, template));
        }

        void AddDefault(string name, string value)
        {
            if (!Has(fields, name)) fields.Add((name, CelTemplate.Compile(value.Replace("${", "$${", StringComparison.Ordinal), ExpressionScopes.Flow).Template!));
        }
    }

    private MultipartPart Part(PartSpec part, string path)
    {
        var filename = part.Filename ?? (part.File is null ? null : System.IO.Path.GetFileName(part.File));
        var head = MultipartBody.Head(part.Name, filename, part.ContentType ?? (part.File is null ? null : "application/octet-stream"));
        return part.File is null ? new(head, _context.Template(part.Value ?? "", $"{path}.value"), []) : new(head, null, _context.ReadFile(part.File, $"{path}.file"));
    }

    /// <summary>Samples of custom metrics; those that cannot be made are noted and left out.</summary>
    public CompiledRecord[] Records(IReadOnlyList<RecordSpec> records, CelEnvironment scope, string path) => [.. records.Select((r, i) => Record(r, scope, SpecPath.Item(path, i))).OfType<CompiledRecord>()];

    private CompiledRecord? Record(RecordSpec spec, CelEnvironment scope, string path)
    {
        var metric = _context.Metric(spec, path);
        var value = spec.Value is null ? null : _context.Program(spec.Value, scope, $"{path}.value");
        var when = spec.When is null ? null : _context.Program(spec.When, scope, $"{path}.when");
        return metric is null ? null : new CompiledRecord(metric, value, when, TagSet.From(spec.Tags));
    }

    private List<(string Name, CelTemplate Value)> Templates(OrderedMap<string> map, string path)
    {
        var templates = new List<(string, CelTemplate)>(map.Count);
        foreach (var (name, text) in map)
        {
            if (_context.Template(text, $"{path}.{name}") is { } template) templates.Add((name, template));
        }

        return templates;
    }

    private static bool Has(List<(string Name, CelTemplate Value)> fields, string name) =>
        fields.Exists(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
