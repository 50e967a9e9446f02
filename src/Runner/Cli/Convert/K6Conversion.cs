using System.Globalization;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Spec.Parsing;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli.Convert;

/// <summary>
/// A k6 script's options as a LoadTest. Load, thresholds, tags, env and HTTP options are taken over as they are; the work of an iteration is the script's and stands as a
/// request to be filled in. What cannot be taken over is listed.
/// </summary>
internal sealed class K6Conversion
{
    private static readonly string[] Shortcuts = ["vus", "duration", "iterations", "stages"];

    // Meant for k6's own process, outputs and cloud: nothing of the test is lost without them.
    private static readonly string[] Meaningless =
    [
        "ext", "cloud", "paused", "linger", "executionSegment", "executionSegmentSequence", "noUsageReport", "httpDebug", "consoleOutput", "noColor", "metricSamplesBufferSize", "setupTimeout",
        "teardownTimeout", "summaryTimeUnit", "summaryTrendStats", "systemTags", "maxVUs", "discardResponseBodies", "batch", "batchPerHost", "iterationsPerVU",
    ];

    // Stand where a script computes what a scenario must have.
    private static readonly Dictionary<string, SpecNode> Placeholders = new(StringComparer.Ordinal)
    {
        ["rate"] = new SpecScalar("1", ScalarKind.Integer, default),
        ["preAllocatedVUs"] = new SpecScalar("10", ScalarKind.Integer, default),
        ["duration"] = Text("30s"),
        ["stages"] = new SpecList([new SpecMap([Entry("duration", Text("30s")), Entry("target", new SpecScalar("1", ScalarKind.Integer, default))], default)], default),
    };

    private readonly SpecMap _options;
    private readonly List<string> _notes;
    private readonly Dictionary<string, string> _comments = new(StringComparer.Ordinal);
    private readonly List<SpecEntry> _http = [];

    private K6Conversion(SpecMap options, List<string> notes)
    {
        (_options, _notes) = (options, notes);
    }

    /// <summary>Converts options, with everything that could not be.</summary>
    /// <param name="name">Name of the test.</param>
    /// <param name="options">k6's options.</param>
    /// <param name="notes">What reading them left out.</param>
    public static ConvertedTest Convert(string name, SpecMap options, IEnumerable<string> notes) => new K6Conversion((SpecMap)K6Options.WithUnits(options), [.. notes]).Run(name);

    private ConvertedTest Run(string name)
    {
        var scenarios = Scenarios();
        var thresholds = K6Thresholds.Convert(_options["thresholds"] as SpecMap, _notes, out var records);
        ReadHttp();
        var flows = Flows(scenarios, records);
        var spec = new List<SpecEntry> { Entry("target", Text("http://127.0.0.1:8080")) };
        _comments["spec.target"] = "The base URL that the script's requests go to.";
        if (_http.Count > 0) spec.Add(Entry("http", new SpecMap(_http, default)));
        spec.Add(Entry("flows", flows));
        spec.Add(Entry("scenarios", scenarios));
        if (thresholds.Entries.Count > 0) spec.Add(Entry("thresholds", thresholds));
        if (_options["tags"] is SpecMap { Entries.Count: > 0 } tags) spec.Add(Entry("tags", tags));
        foreach (var entry in _options.Entries.Where(e => e.Value is not SpecScalar { Kind: ScalarKind.Null } && !IsKnown(e.Key)))
        {
            _notes.Add(entry.Key == "rps" ? $"rps: {SpecParser.NoRps}" : Meaningless.Contains(entry.Key, StringComparer.Ordinal) ? $"{entry.Key}: has no meaning here and was left out" : $"{entry.Key}: is not translated");
        }

        var document = new SpecMap(
        [
            Entry("apiVersion", Text(ManifestIdentity.ApiVersion)), Entry("kind", Text(ManifestIdentity.Kind)),
            Entry("metadata", new SpecMap([Entry("name", Text(name))], default)), Entry("spec", new SpecMap(spec, default)),
        ], default);
        return new ConvertedTest(document, YamlText.Of(document, _comments), _notes);
    }

    private static bool IsKnown(string option) => Shortcuts.Contains(option, StringComparer.Ordinal)
        || option is "scenarios" or "thresholds" or "tags" or "insecureSkipTLSVerify" or "userAgent" or "maxRedirects" or "noConnectionReuse" or "noVUConnectionReuse" or "noCookiesReset" or "tlsVersion" or "tlsCipherSuites";

    /// <summary>The scenarios as written (what is wrong with them the manifest's own validation says), or the one that the short forms make.</summary>
    private SpecMap Scenarios()
    {
        var hasShortcut = Shortcuts.Any(s => _options[s] is { } node and not SpecScalar { Kind: ScalarKind.Null });
        if (_options["scenarios"] is SpecMap { Entries.Count: > 0 } given && !hasShortcut)
        {
            return given with { Entries = [.. given.Entries.Select(e => e.Value is SpecMap scenario ? e with { Value = Scenario(e.Key, scenario) } : e)] };
        }

        var problems = new List<Problem>();
        var options = new LoadOptions
        {
            Vus = Number("vus"),
            Iterations = Number("iterations"),
            Duration = _options["duration"] is SpecScalar { Kind: not ScalarKind.Null } d && Duration.TryParse(d.Text, out var duration) ? duration : null,
            Stages = _options["stages"] is SpecList { Items.Count: > 0 } list ? Stages(list, problems) : null,
        };
        var derived = OptionShortcuts.Derive(options, problems);
        foreach (var problem in problems) _notes.Add($"{problem.Path}: {problem.Message}");
        if (derived.Count == 0) derived = OptionShortcuts.Derive(options with { Duration = null, Iterations = null }, []);
        return (SpecMap)ManifestNodes.Of(new LoadTestSpec { Scenarios = derived })["scenarios"]!;
    }

    private static IReadOnlyList<Stage> Stages(SpecList list, List<Problem> problems)
    {
        var ramp = new SpecMap([Entry("executor", Text("ramping-vus")), Entry("stages", list)], default);
        return ((RampingVusScenario)ScenarioParser.ParseOne(ramp, "options", problems)).Stages;
    }

    private SpecMap Scenario(string name, SpecMap scenario)
    {
        if (scenario["options"] is { } options and not SpecScalar { Kind: ScalarKind.Null })
        {
            _notes.Add($"scenarios.{name}.options: is not translated ({SpecText(options)})");
        }

        // Absent ones are null in what `k6 inspect` prints.
        var entries = scenario.Entries.Where(e => e.Key is not ("options" or "exec") && e.Value is not SpecScalar { Kind: ScalarKind.Null } and not SpecMap { Entries.Count: 0 });
        var found = new List<Problem>();
        ScenarioParser.ParseOne(scenario with { Entries = [.. entries] }, $"scenarios.{name}", found);
        foreach (var problem in found.Where(p => p.Rule == ProblemRules.Required && Placeholders.ContainsKey(p.Path[(p.Path.LastIndexOf('.') + 1)..])))
        {
            var field = problem.Path[(problem.Path.LastIndexOf('.') + 1)..];
            entries = entries.Append(Entry(field, Placeholders[field]));
            _notes.Add($"{problem.Path}: {problem.Message}; {SpecText(Placeholders[field])} stands there now");
        }

        return scenario with { Entries = [.. entries, Entry("exec", Text((scenario["exec"] as SpecScalar)?.Text is { Length: > 0 } exec ? exec : "default"))] };
    }

    /// <summary>A flow for each function that a scenario executes; the function itself is the script's.</summary>
    private SpecMap Flows(SpecMap scenarios, IReadOnlyList<SpecMap> records)
    {
        var names = scenarios.Entries.Select(e => ((e.Value as SpecMap)?["exec"] as SpecScalar)?.Text ?? "default").Distinct(StringComparer.Ordinal).ToArray();
        var flows = new List<SpecEntry>();
        foreach (var name in names)
        {
            var request = new List<SpecEntry> { Entry("name", Text(name)), Entry("url", Text("/")) };
            if (records.Count > 0 && flows.Count == 0) request.Add(Entry("record", new SpecList([.. records], default)));
            flows.Add(Entry(name, new SpecList([new SpecMap([Entry("request", new SpecMap(request, default))], default)], default)));
            _comments[SpecPath.Field("spec.flows", name)] = Templates.Flow(name);
        }

        if (records.Count > 0) _comments[SpecPath.Item(SpecPath.Field("spec.flows", names[0]), 0) + ".request.record"] = Templates.Records;
        return new SpecMap(flows, default);
    }

    private void ReadHttp()
    {
        ReadTls();
        if (_options["userAgent"] is SpecScalar { Kind: ScalarKind.String } agent) _http.Add(Entry("userAgent", agent));
        if (Number("maxRedirects") is { } redirects) _http.Add(Entry("redirects", new SpecScalar(redirects.ToString(CultureInfo.InvariantCulture), ScalarKind.Integer, default)));
        if (Flag("noConnectionReuse") is true) _http.Add(Entry("keepAlive", new SpecScalar("false", ScalarKind.Boolean, default)));
        if (Flag("noVUConnectionReuse") is true) _http.Add(Entry("noVUConnectionReuse", True));
        if (Flag("noCookiesReset") is true) _http.Add(Entry("noCookiesReset", True));
    }

    // tlsVersion is one version or {min, max}.
    private void ReadTls()
    {
        var tls = new List<SpecEntry>();
        if (Flag("insecureSkipTLSVerify") is true) tls.Add(Entry("insecureSkipVerify", True));
        var version = _options["tlsVersion"];
        AddVersion("minVersion", version is SpecMap range ? range["min"] : version);
        AddVersion("maxVersion", version is SpecMap limits ? limits["max"] : version);
        if (_options["tlsCipherSuites"] is SpecList { Items.Count: > 0 } suites)
        {
            var known = suites.Items.Where(s => s is SpecScalar { Kind: ScalarKind.String } one && TlsNames.Suites12.Concat(TlsNames.Suites13).Contains(TlsNames.Registered(one.Text))).ToArray();
            if (known.Length < suites.Items.Count) _notes.Add($"tlsCipherSuites: {suites.Items.Count - known.Length} of {suites.Items.Count} are not known here and were left out");
            if (known.Length > 0) tls.Add(Entry("cipherSuites", new SpecList([.. known], default)));
        }

        if (tls.Count > 0) _http.Add(Entry("tls", new SpecMap([.. tls], default)));

        void AddVersion(string field, SpecNode? node)
        {
            if (node is null or SpecScalar { Kind: ScalarKind.Null } or SpecScalar { Text: "" }) return;
            if (node is SpecScalar { Kind: ScalarKind.String } scalar && TlsNames.Versions.Contains(scalar.Text)) tls.Add(Entry(field, Text(scalar.Text)));
            else _notes.Add($"tlsVersion: {SpecText(node)} is no TLS version and was left out");
        }
    }

    private long? Number(string option) => _options[option] is SpecScalar { Kind: ScalarKind.Integer } scalar && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private bool? Flag(string option) => _options[option] is SpecScalar { Kind: ScalarKind.Boolean } scalar ? scalar.Text == "true" : null;

    private static string SpecText(SpecNode node) => System.Text.Encoding.UTF8.GetString(SpecJson.ToUtf8(node));

    private static SpecEntry Entry(string key, SpecNode value) => new(key, default, value);

    private static SpecScalar True => new("true", ScalarKind.Boolean, default);

    private static SpecScalar Text(string text) => new(text, ScalarKind.String, default);

    /// <summary>Comments of a converted manifest.</summary>
    private static class Templates
    {
        public const string Records = "The script's own metrics, as far as the thresholds name them: say when, and with which value.";

        public static string Flow(string name) => $"To do: the requests of the script's function '{name}'.";
    }
}

/// <summary>A converted test.</summary>
/// <param name="Document">The manifest.</param>
/// <param name="Yaml">The same with comments.</param>
/// <param name="Notes">What could not be taken over, one sentence each.</param>
internal sealed record ConvertedTest(SpecMap Document, string Yaml, IReadOnlyList<string> Notes);
