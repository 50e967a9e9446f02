using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>env</c>: a Pod's notation.</summary>
internal static class EnvReader
{
    public static EnvVarSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new EnvVarSpec { Name = "_", Value = "" };
        }

        var from = reader.Object("valueFrom");
        var variable = new EnvVarSpec
        {
            Name = reader.RequiredString("name") ?? "_",
            Value = reader.String("value"),
            SecretKeyRef = from is null ? null : ReadKey(from, "secretKeyRef"),
            ConfigMapKeyRef = from is null ? null : ReadKey(from, "configMapKeyRef"),
        };
        if (from is not null && (from.IsEmpty || (from.Has("secretKeyRef") && from.Has("configMapKeyRef"))))
        {
            problems.Add(new Problem(from.Path, ProblemRules.Required, "give exactly one of secretKeyRef and configMapKeyRef"));
        }

        from?.Close("fieldRef", "resourceFieldRef", "fileKeyRef");
        reader.Close();
        // A Pod's variable without value is the empty string.
        return variable.Value is null && from is null ? variable with { Value = "" } : variable;
    }

    private static KeyRef? ReadKey(ObjectReader from, string field)
    {
        if (from.Object(field) is not { } reader)
        {
            return null;
        }

        var key = new KeyRef(reader.RequiredString("name") ?? "unnamed", reader.RequiredString("key") ?? "unnamed", reader.Boolean("optional") ?? false);
        reader.Close();
        return key;
    }
}
