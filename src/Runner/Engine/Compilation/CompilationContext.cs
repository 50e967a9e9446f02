using LoadTesting.Expressions;
using LoadTesting.Metrics;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Engine.Compilation;

/// <summary>Collects what compiling finds wrong, and hands out the numbers under which steps find their series.</summary>
internal sealed class CompilationContext
{
    private readonly Dictionary<string, MetricDefinition> _metrics = new(StringComparer.Ordinal);

    // What all virtual users share in memory, not a way to send films.
    private const long MostFileBytes = 64 << 20;

    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>An empty context.</summary>
    /// <param name="folder">What relative paths of files are relative to.</param>
    public CompilationContext(string folder)
    {
        _folder = folder;
    }

    public List<Problem> Problems { get; } = [];

    /// <summary>The values that must not be shown.</summary>
    public SecretMask Secrets { get; init; } = SecretMask.None;

    /// <summary>How many steps have numbers.</summary>
    public int Steps { get; private set; }

    /// <summary>How many choices have numbers.</summary>
    public int Choices { get; private set; }

    /// <summary>Whether a request names a server of its own that is reached over TLS.</summary>
    public bool NamesTls { get; private set; }

    /// <summary>Whether a request names a server of its own that is reached without TLS.</summary>
    public bool NamesClear { get; private set; }

    public int NextStep() => Steps++;

    /// <summary>Notes where a request goes, as far as its text says it.</summary>
    public void NoteUrl(string url)
    {
        NamesTls |= url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        NamesClear |= url.StartsWith("http:", StringComparison.OrdinalIgnoreCase);
    }

    public int NextChoice() => Choices++;

    /// <summary>A program; null, with the problems noted, when the text is none.</summary>
    public CelProgram? Program(string source, CelEnvironment environment, string path)
    {
        var compilation = CelCompiler.Compile(source, environment);
        Note(path, source, compilation.Issues);
        return compilation.Program;
    }

    /// <summary>The programs of a map; those that are none are noted and left out.</summary>
    public NamedProgram[] Programs(OrderedMap<string> map, CelEnvironment environment, string path)
    {
        var programs = new List<NamedProgram>(map.Count);
        foreach (var (name, source) in map)
        {
            if (Program(source, environment, $"{path}.{name}") is { } program) programs.Add(new NamedProgram(name, program));
        }

        return [.. programs];
    }

    /// <summary>A template; null, with the problems noted, when the text is none.</summary>
    public CelTemplate? Template(string text, string path)
    {
        var compilation = CelTemplate.Compile(text, ExpressionScopes.Flow);
        Note(path, text, compilation.Issues);
        return compilation.Template;
    }

    /// <summary>The templates of a list; those that are none are noted and left out.</summary>
    public List<CelTemplate> Templates(IReadOnlyList<string> texts, string path) => [.. texts.Select((text, i) => Template(text, SpecPath.Item(path, i))).OfType<CelTemplate>()];

    /// <summary>A file, read once; empty, with the problem noted, when it cannot be read.</summary>
    public byte[] ReadFile(string name, string path)
    {
        var file = System.IO.Path.Combine(_folder, name);
        if (_files.TryGetValue(file, out var known)) return known;
        try
        {
            if (new FileInfo(file).Length <= MostFileBytes) return _files[file] = File.ReadAllBytes(file);
            Problems.Add(new Problem(path, "file", $"the file is larger than {MostFileBytes >> 20} MiB, and every runner would hold all of it in memory") { Value = name });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Problems.Add(new Problem(path, "file", e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e is UnauthorizedAccessException ? "the file may not be read (permission denied)" : $"the file cannot be read: {e.Message.TrimEnd('.')}") { Value = name });
        }

        return [];
    }

    /// <summary>The definition of a custom metric; one name has one meaning in the whole test.</summary>
    public MetricDefinition? Metric(RecordSpec spec, string path)
    {
        if (!MetricDefinition.IsValidName(spec.Metric))
        {
            Problems.Add(new Problem(path, "metric-name", "a metric name is a letter or underscore, then letters, digits, underscores; 2 to 129 in all") { Value = spec.Metric });
            return null;
        }

        var type = spec.Type switch
        {
            CustomMetricType.Counter => MetricType.Counter,
            CustomMetricType.Gauge => MetricType.Gauge,
            CustomMetricType.Rate => MetricType.Rate,
            CustomMetricType.Distinct => MetricType.Distinct,
            _ => MetricType.Trend,
        };
        var metric = new MetricDefinition(spec.Metric, type, spec.IsTime ? MetricUnit.Time : MetricUnit.None);
        var present = BuiltInMetrics.Find(metric.Name) ?? _metrics.GetValueOrDefault(metric.Name, metric);
        if (present != metric)
        {
            Problems.Add(new Problem(path, "metric-type", $"'{metric.Name}' is already a {present.Type.ToString().ToLowerInvariant()} of another kind") { Value = metric.Name });
            return null;
        }

        _metrics[metric.Name] = metric;
        return metric;
    }

    private void Note(string path, string source, IEnumerable<CelIssue> issues) =>
        Problems.AddRange(issues.Select(i => new Problem(path, "expression", i.Message) { Value = source, Offset = i.Offset, Suggestion = i.Suggestion }));
}
