using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>Schemas of the spec's types whose manifest form is not one field per property: scalars with several notations, and closed sets.</summary>
internal static class UnionSchemas
{
    private static readonly Type[] Scenarios =
    [
        typeof(SharedIterationsScenario), typeof(PerVuIterationsScenario), typeof(ConstantVusScenario),
        typeof(RampingVusScenario), typeof(ConstantArrivalRateScenario), typeof(RampingArrivalRateScenario),
    ];

    public static JsonObject? TryBuild(Type type, SchemaBuilder builder) =>
        type == typeof(Duration) ? IntOrString()
        : type == typeof(Fraction) ? SchemaBuilder.Free()
        : type == typeof(SpecNode) ? SchemaBuilder.Free()
        : type == typeof(ExpectedStatuses) ? Fields(("status", SchemaBuilder.List(SchemaBuilder.Free())))
        : type == typeof(StepSpec) ? Step(builder)
        : type == typeof(RecordSpec) ? Record(builder)
        : type == typeof(AuthSpec) ? Fields(("basic", UserPassword()), ("digest", UserPassword()), ("bearer", SchemaBuilder.Text()))
        : type == typeof(ScenarioSpec) ? Scenario(builder)
        : type == typeof(IReadOnlyList<ThresholdSpec>) ? SchemaBuilder.Free()
        : type == typeof(EnvVarSpec) ? EnvVar()
        : type == typeof(JsonObject) ? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true }
        : type == typeof(Condition) ? ConditionFields()
        : null;

    private static JsonObject UserPassword() => Fields(("username", SchemaBuilder.Text()), ("password", SchemaBuilder.Text()));

    private static JsonObject IntOrString() => new() { ["x-kubernetes-int-or-string"] = true };

    private static JsonObject Step(SchemaBuilder builder) => Fields(
        ("request", builder.Object(typeof(RequestStep))),
        ("sleep", SchemaBuilder.Free()),
        ("set", SchemaBuilder.Map(SchemaBuilder.Text())),
        ("check", SchemaBuilder.Map(SchemaBuilder.Text())),
        ("record", SchemaBuilder.List(Record(builder))),
        ("group", Fields(("name", SchemaBuilder.Text()), ("steps", NestedSteps()))),
        ("repeat", Fields(
            ("times", IntOrString()),
            ("while", SchemaBuilder.Text()),
            ("each", SchemaBuilder.Text()),
            ("atMost", new JsonObject { ["type"] = "integer", ["format"] = "int64" }),
            ("as", SchemaBuilder.Text()),
            ("steps", NestedSteps()))),
        ("oneOf", SchemaBuilder.List(Fields(("weight", new JsonObject { ["type"] = "number" }), ("flow", SchemaBuilder.Text()), ("steps", NestedSteps())))),
        ("parallel", NestedSteps()),
        ("call", SchemaBuilder.Text()),
        ("job", builder.Object(typeof(JobStep))),
        ("fail", SchemaBuilder.Text()),
        ("abort", SchemaBuilder.Text()),
        ("log", SchemaBuilder.Text()),
        ("when", SchemaBuilder.Text()));

    /// <summary>
    /// Structural schemas cannot recur, so steps inside of steps are any objects for the API server, which keeps their fields. The validation that the desk and the
    /// operator share reads them as strictly as the others (docs/decisions).
    /// </summary>
    private static JsonObject NestedSteps() => SchemaBuilder.List(new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true });

    private static JsonObject Record(SchemaBuilder builder)
    {
        var schema = Fields(
            ("counter", SchemaBuilder.Text()), ("gauge", SchemaBuilder.Text()), ("rate", SchemaBuilder.Text()), ("trend", SchemaBuilder.Text()),
            ("distinct", SchemaBuilder.Text()));
        var properties = schema["properties"]!.AsObject();
        foreach (var property in SchemaBuilder.Properties(typeof(RecordSpec)).Where(p => p.Name is not ("Metric" or "Type")))
        {
            properties[SchemaBuilder.FieldName(property)] = builder.Property(property);
        }

        return schema;
    }

    /// <summary>One object with the fields of all executors; CEL rules say which executor wants which.</summary>
    private static JsonObject Scenario(SchemaBuilder builder)
    {
        var properties = new JsonObject
        {
            ["executor"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Scenarios.Select(s => (JsonNode)ExecutorOf(s))]) },
        };
        var rules = new JsonArray();
        foreach (var type in Scenarios)
        {
            foreach (var property in SchemaBuilder.Properties(type))
            {
                var name = SchemaBuilder.FieldName(property);
                if (!properties.ContainsKey(name))
                {
                    properties[name] = builder.Property(property);
                }

                // maxVUs has a default that depends on another field; everything else that C# requires, the manifest requires.
                if (property.Name != "MaxVUs"
                    && property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute), inherit: false))
                {
                    rules.Add(new JsonObject
                    {
                        ["rule"] = $"self.executor != '{ExecutorOf(type)}' || has(self.{name})",
                        ["message"] = $"{ExecutorOf(type)} needs {name}",
                    });
                }
            }
        }

        var schema = SchemaBuilder.ObjectOf(properties, ["executor"], "A scenario: one of k6's executors with its fields.");
        schema["x-kubernetes-validations"] = rules;
        return schema;
    }

    /// <summary>metav1.Condition, whose types live in the Kubernetes layer and have no descriptions of ours.</summary>
    private static JsonObject ConditionFields()
    {
        var schema = Fields(
            ("type", SchemaBuilder.Text()),
            ("status", new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("True", "False", "Unknown") }),
            ("reason", SchemaBuilder.Text()),
            ("message", SchemaBuilder.Text()),
            ("lastTransitionTime", new JsonObject { ["type"] = "string", ["format"] = "date-time" }),
            ("observedGeneration", new JsonObject { ["type"] = "integer", ["format"] = "int64" }));
        schema["required"] = new JsonArray("type", "status");
        return schema;
    }

    private static JsonObject EnvVar()
    {
        JsonObject Ref() => Fields(
            ("name", SchemaBuilder.Text()), ("key", SchemaBuilder.Text()), ("optional", new JsonObject { ["type"] = "boolean" }));
        var schema = Fields(
            ("name", SchemaBuilder.Text()),
            ("value", SchemaBuilder.Text()),
            ("valueFrom", Fields(("secretKeyRef", Ref()), ("configMapKeyRef", Ref()))));
        schema["required"] = new JsonArray("name");
        return schema;
    }

    private static JsonObject Fields(params (string Name, JsonObject Schema)[] fields)
    {
        var properties = new JsonObject();
        foreach (var (name, schema) in fields)
        {
            properties[name] = schema;
        }

        return SchemaBuilder.ObjectOf(properties, [], "");
    }

    private static string ExecutorOf(Type scenario) =>
        ((ScenarioSpec)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(scenario)).Executor;
}
