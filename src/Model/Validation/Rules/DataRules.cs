using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Feeders: where their rows come from, and, where the rows stand in the manifest, whether there are enough.</summary>
internal static class DataRules
{
    private const string Rule = "data";

    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Data.Count; i++)
        {
            var (feeder, item) = (spec.Data[i], problems.Field("data").Item(i));
            CheckName(feeder.Name, item.Field("name"));
            if (!names.Add(feeder.Name))
            {
                item.Field("name").Add(ProblemRules.DuplicateKey, $"the feeder '{feeder.Name}' stands twice", feeder.Name);
            }

            CheckSource(spec, feeder, item);
            if (feeder is { Pick: not DataPick.Unique, OnExhausted: not ExhaustionPolicy.Fail })
            {
                item.Field("onExhausted").Warn(Rule, "only unique rows run out: this has no effect", feeder.OnExhausted.ToString().ToLowerInvariant());
            }

            if (feeder.Rows is { Count: > 0 } rows && ScenariosAreSound(spec) && FeederSizes.TooFew(spec, feeder, rows.Count) is { } tooFew)
            {
                item.Field("rows").Add(Rule, tooFew);
            }
        }
    }

    private static void CheckName(string name, ProblemList problems)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            problems.Add(ProblemRules.Name, "a feeder's name consists of letters, digits and '_' and does not begin with a digit (expressions read it as data.NAME)", name);
        }
    }

    private static void CheckSource(LoadTestSpec spec, FeederSpec feeder, ProblemList problems)
    {
        var given = new[] { ("rows", feeder.Rows is not null), ("configMap", feeder.ConfigMap is not null), ("secret", feeder.Secret is not null), ("volume", feeder.Volume is not null) }
            .Where(s => s.Item2).Select(s => s.Item1).ToArray();
        if (given.Length > 1)
        {
            problems.Add(Rule, $"the rows come from {string.Join(" and ", given)}: give one of them");
        }
        else if (given.Length == 0 && feeder.File is null)
        {
            problems.Add(ProblemRules.Required, "a feeder needs rows: give one of rows, file, configMap, secret and volume");
        }
        else if (given is ["rows"] && feeder.File is not null)
        {
            problems.Field("file").Add(Rule, "the rows stand in the manifest already: leave the file out", feeder.File);
        }

        if (feeder.Rows is { Count: 0 })
        {
            problems.Field("rows").Add(ProblemRules.Required, "a feeder without rows can feed nobody");
        }

        if (feeder.Rows is null && FeederFormats.Of(feeder) is null && (given.Length > 0 || feeder.File is not null))
        {
            problems.Field("format").Add(ProblemRules.Required, "the file's ending does not tell its format: say format: csv, json or jsonl");
        }

        if (feeder.Delimiter is not [not ('"' or '\r' or '\n')])
        {
            problems.Field("delimiter").Add(Rule, "the delimiter is one character, and neither a quote nor a line break", feeder.Delimiter);
        }

        CheckObject(feeder.ConfigMap, problems.Field("configMap"));
        CheckObject(feeder.Secret, problems.Field("secret"));
        CheckVolume(spec, feeder, problems.Field("volume"));
    }

    private static void CheckObject(DataKey? source, ProblemList problems)
    {
        if (source is null)
        {
            return;
        }

        if (!source.Name.Split('.').All(NameRules.IsLabel))
        {
            problems.Field("name").Add(ProblemRules.Name, "this is not the name of a Kubernetes object", source.Name);
        }

        if (source.Key.Length == 0 || source.Key is "." or ".." || !source.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            problems.Field("key").Add(ProblemRules.Name, "a key consists of letters, digits, '-', '_' and '.'", source.Key);
        }
    }

    private static void CheckVolume(LoadTestSpec spec, FeederSpec feeder, ProblemList problems)
    {
        if (feeder.Volume is not { } volume)
        {
            return;
        }

        var known = spec.Runners.Volumes is SpecList list
            ? list.Items.OfType<SpecMap>().Select(v => (v["name"] as SpecScalar)?.Text).OfType<string>().ToArray()
            : [];
        if (!known.Contains(volume.Name, StringComparer.Ordinal))
        {
            problems.Field("name").Add(Rule, "runners.volumes has no volume of that name", volume.Name, Nearest.To(volume.Name, known));
        }

        if (volume.Path.Length == 0 || volume.Path[0] == '/' || volume.Path.Split('/').Contains(".."))
        {
            problems.Field("path").Add(Rule, "the path lies within the volume: it is relative and has no '..'", volume.Path);
        }
    }

    /// <summary>Planning wants valid scenarios; what is wrong with them is said elsewhere.</summary>
    private static bool ScenariosAreSound(LoadTestSpec spec)
    {
        var found = new List<Problem>();
        ScenarioRules.Check(spec.Scenarios, "", found);
        return spec.Scenarios.Count > 0 && found.All(p => p.IsWarning);
    }
}
