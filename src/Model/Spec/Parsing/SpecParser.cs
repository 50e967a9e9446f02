using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>
/// Reads a document strictly: every unknown field, wrong type and missing field is a problem, and reading always goes on. What is broken reads as a harmless
/// value, so that the result can be checked further; it must not be run when there are problems.
/// </summary>
public static class SpecParser
{
    /// <summary>Why there is no limit on requests.</summary>
    public const string NoRps = "there is no limit on requests a second: virtual users would wait for each other before the target, and less would be sent than was planned; say how many iterations start a second with a constant-arrival-rate scenario";

    private static readonly string[] FilledByServer =
    [
        "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "finalizers",
        "ownerReferences", "selfLink", "generateName",
    ];

    /// <summary>Reads a whole document.</summary>
    public static LoadTestManifest Parse(SpecNode document, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(document, "", problems) is not { } reader)
        {
            return new LoadTestManifest { Name = "unnamed", Spec = new LoadTestSpec() };
        }

        ReadConstant(reader, "apiVersion", ManifestIdentity.ApiVersion);
        ReadConstant(reader, "kind", ManifestIdentity.Kind);
        reader.Ignore("status");
        reader.IgnoreExtensions();
        var metadata = reader.Require("metadata") is { } node ? ObjectReader.Open(node, "metadata", problems) : null;
        var manifest = new LoadTestManifest
        {
            Name = metadata?.RequiredString("name") ?? "unnamed",
            Namespace = metadata?.String("namespace"),
            Labels = metadata?.Strings("labels") ?? OrderedMap<string>.Empty,
            Annotations = metadata?.Strings("annotations") ?? OrderedMap<string>.Empty,
            Spec = reader.Require("spec") is { } spec ? ParseSpec(spec, "spec", problems) : new LoadTestSpec(),
        };
        metadata?.Ignore(FilledByServer);
        metadata?.Close();
        reader.Close();
        return manifest;
    }

    /// <summary>Reads a <c>spec</c>.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="path">Its field path.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    public static LoadTestSpec ParseSpec(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new LoadTestSpec();
        }

        var spec = new LoadTestSpec
        {
            Target = reader.String("target"),
            Env = reader.List("env", EnvReader.Read),
            Variables = reader.Map<SpecNode>("variables", (value, _, _) => value),
            Data = reader.List("data", FeederReader.Read),
            Http = reader.Node("http") is { } http ? HttpReader.Read(http, reader.PathOf("http"), problems) : new HttpSpec(),
            Network = reader.Node("network") is { } network ? NetworkReader.Read(network, reader.PathOf("network"), problems) : new NetworkSpec(),
            Ready = reader.Node("ready") is { } ready ? ReadyReader.Read(ready, reader.PathOf("ready"), problems) : null,
            Observe = reader.Node("observe") is { } observe ? ObserveReader.Read(observe, reader.PathOf("observe"), problems) : null,
            Setup = reader.List("setup", StepReader.Read),
            Teardown = reader.List("teardown", StepReader.Read),
            Verify = reader.List("verify", StepReader.Read),
            Flows = reader.Map("flows", StepReader.ReadList),
            Scenarios = reader.Require("scenarios") is { } scenarios
                ? ScenarioParser.Parse(scenarios, reader.PathOf("scenarios"), problems)
                : OrderedMap<ScenarioSpec>.Empty,
            Thresholds = reader.Map("thresholds", ThresholdReader.ReadList),
            Validity = reader.Node("validity") is { } validity ? ValidityReader.Read(validity, reader.PathOf("validity"), problems) : new ValiditySpec(),
            WarmUp = reader.Duration("warmUp") ?? Duration.Zero,
            Baseline = reader.Node("baseline") is { } baseline ? ReadBaseline(baseline, reader.PathOf("baseline"), problems) : null,
            Tags = reader.Strings("tags"),
            MinIterationDuration = reader.Duration("minIterationDuration") ?? Duration.Zero,
            Profiles = reader.Map<SpecNode>("profiles", (value, _, _) => value),
            Profile = reader.String("profile"),
            Runners = reader.Node("runners") is { } runners ? RunnersReader.Read(runners, reader.PathOf("runners"), problems) : new RunnersSpec(),
            Deadlines = reader.Node("deadlines") is { } deadlines ? DeadlinesReader.Read(deadlines, reader.PathOf("deadlines"), problems) : new DeadlinesSpec(),
            History = reader.Node("history") is { } history ? ReadHistory(history, reader.PathOf("history"), problems) : new HistorySpec(),
            Suspend = reader.Boolean("suspend") ?? false,
            OnChange = reader.Choice<ChangePolicy>("onChange") ?? ChangePolicy.Queue,
        };
        reader.Refuse("rps", NoRps);
        reader.Close("triggers", "disruptions");
        return spec;
    }

    private static void ReadConstant(ObjectReader reader, string field, string wanted)
    {
        if (reader.RequiredString(field) is { } text && text != wanted)
        {
            reader.Problems.Add(new Problem(field, ProblemRules.Document, $"{field} must be {wanted}") { Value = text, Suggestion = wanted });
        }
    }

    private static BaselineSpec? ReadBaseline(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return null;
        }

        var baseline = new BaselineSpec { Run = reader.String("run"), LastPassed = reader.Boolean("lastPassed") ?? false };
        reader.Close();
        return baseline;
    }

    private static HistorySpec ReadHistory(SpecNode node, string path, ICollection<Problem> problems)
    {
        var standard = new HistorySpec();
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return standard;
        }

        var history = new HistorySpec
        {
            Passed = reader.SmallInteger("passed") ?? standard.Passed,
            Failed = reader.SmallInteger("failed") ?? standard.Failed,
        };
        reader.Close();
        return history;
    }
}
