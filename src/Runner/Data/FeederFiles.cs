using LoadTesting.Expressions;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Data;

/// <summary>Loads the rows of all feeders of a test, once per process. Contents never stand in problems: a feeder may be a Secret.</summary>
internal static class FeederFiles
{
    /// <summary>Rule of problems with files.</summary>
    public const string Rule = "data-file";

    /// <summary>Largest file read, 512 MiB: every runner holds its rows in memory.</summary>
    private const long MostBytes = 512L << 20;

    /// <summary>The rows by feeder; those of feeders with problems are missing.</summary>
    /// <param name="spec">Valid.</param>
    /// <param name="pathOf">The file of a feeder whose rows do not stand in the manifest; null when there is none here.</param>
    /// <param name="problems">Gets missing and unreadable files, rows that cannot be read, feeders that are too small for the plan.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<CelValue>> Load(LoadTestSpec spec, Func<FeederSpec, string?> pathOf, ICollection<Problem> problems)
    {
        var all = new Dictionary<string, IReadOnlyList<CelValue>>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Data.Count; i++)
        {
            var (feeder, path) = (spec.Data[i], SpecPath.Item("spec.data", i));
            if ((feeder.Rows is { } inline ? [.. inline.Select(SpecValues.Of)] : ReadFile(feeder, pathOf(feeder), path, problems)) is not { } rows) continue;
            if (FeederSizes.TooFew(spec, feeder, rows.Count) is { } tooFew) problems.Add(new Problem(path, "data", tooFew));
            else all[feeder.Name] = rows;
        }

        return all;
    }

    /// <summary>What columns the rows have, for <see cref="InputRules"/>; feeders whose rows are no maps are left out.</summary>
    public static IReadOnlyDictionary<string, FeederColumns> Columns(IReadOnlyDictionary<string, IReadOnlyList<CelValue>> rows)
    {
        var all = new Dictionary<string, FeederColumns>(StringComparer.Ordinal);
        foreach (var (name, list) in rows)
        {
            if (list.Count == 0 || list.Any(r => r.Kind != CelKind.Map)) continue;
            if (list[0].AsMap is CsvRow csv)
            {
                all[name] = new FeederColumns([.. csv.Keys.Select(k => k.AsString)], AreTexts: true);
                continue;
            }

            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var row in list) names.UnionWith(row.AsMap.Keys.Where(k => k.Kind == CelKind.String).Select(k => k.AsString));
            all[name] = new FeederColumns(names, AreTexts: false);
        }

        return all;
    }

    /// <summary>A problem with a feeder's file, where the file is named: in the manifest, or by <c>--data</c>.</summary>
    /// <param name="problem">Any problem.</param>
    /// <param name="spec">The test.</param>
    /// <param name="given">Files by feeder, from the command line.</param>
    public static Problem Located(Problem problem, LoadTestSpec spec, IReadOnlyDictionary<string, string> given)
    {
        if (problem.Rule != Rule) return problem;
        var index = Enumerable.Range(0, spec.Data.Count).FirstOrDefault(i => problem.Path == SpecPath.Item("spec.data", i), -1);
        return index < 0 ? problem
            : given.ContainsKey(spec.Data[index].Name) ? problem with { Path = "--data" }
            : problem with { Path = SpecPath.Field(problem.Path, "file") };
    }

    /// <summary>Where an agent finds a feeder's file: mounted by the operator, see <see cref="DataPaths"/>.</summary>
    public static string? InPod(FeederSpec feeder, Func<string, string?> variable) => DataPaths.File(feeder, variable(DataPaths.FolderVariable) ?? DataPaths.Folder);

    /// <summary>Where the desk finds it: as the command line says, else beside the manifest.</summary>
    /// <param name="feeder">The feeder.</param>
    /// <param name="folder">The manifest's.</param>
    /// <param name="given">Files by feeder, from the command line.</param>
    public static string? AtDesk(FeederSpec feeder, string folder, IReadOnlyDictionary<string, string> given) =>
        given.TryGetValue(feeder.Name, out var file) ? file
        : feeder.File is null ? null
        : Path.Combine(folder, feeder.File);

    private static IReadOnlyList<CelValue>? ReadFile(FeederSpec feeder, string? file, string path, ICollection<Problem> problems)
    {
        if (file is null)
        {
            problems.Add(new Problem(path, "data-from", $"the rows of '{feeder.Name}' come from {Source(feeder)}, which only a cluster has; give a file beside it, or pass --data {feeder.Name}=FILE"));
            return null;
        }

        byte[] bytes;
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MostBytes })
            {
                problems.Add(new Problem(path, Rule, $"{file} is larger than {MostBytes >> 20} MiB, and every runner would hold all of it in memory"));
                return null;
            }

            bytes = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(new Problem(path, Rule, e is FileNotFoundException or DirectoryNotFoundException ? $"there is no file {file}" : $"{file} cannot be read: {e.Message.TrimEnd('.')}"));
            return null;
        }

        var found = new List<string>();
        // A file that stands in for another is read by its own ending.
        var format = feeder.Format ?? FeederFormats.OfName(file) ?? FeederFormats.Of(feeder) ?? DataFormat.Csv;
        var rows = RowReader.Read(bytes, format, feeder.Delimiter, found);
        foreach (var problem in found) problems.Add(new Problem(path, Rule, $"{file}: {problem}"));
        return found.Count > 0 ? null : rows;
    }

    private static string Source(FeederSpec feeder) => feeder switch
    {
        { ConfigMap: { } map } => $"key '{map.Key}' of ConfigMap '{map.Name}'",
        { Secret: { } secret } => $"key '{secret.Key}' of Secret '{secret.Name}'",
        _ => $"volume '{feeder.Volume?.Name}'",
    };
}
