using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Rules;

/// <summary>Environment variables: of the test, and those that scenarios overlay.</summary>
internal static class EnvRules
{
    public static void Check(LoadTestSpec spec, ProblemList problems)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Env.Count; i++)
        {
            var variable = spec.Env[i];
            var item = problems.Field("env").Item(i);
            CheckName(variable.Name, item.Field("name"));
            if (!names.Add(variable.Name))
            {
                item.Field("name").Add(ProblemRules.DuplicateKey, $"the variable '{variable.Name}' stands twice", variable.Name);
            }

            var sources = (variable.Value is null ? 0 : 1) + (variable.SecretKeyRef is null ? 0 : 1) + (variable.ConfigMapKeyRef is null ? 0 : 1);
            if (sources > 1)
            {
                item.Add("env", $"'{variable.Name}' has a value and a valueFrom: give one of them", variable.Name);
            }
        }

        foreach (var (name, scenario) in spec.Scenarios)
        {
            foreach (var key in scenario.Env.Keys)
            {
                CheckName(key, problems.Field("scenarios").Field(name).Field("env").Field(key));
            }
        }
    }

    /// <summary>Expressions read variables as <c>env.NAME</c>, and so do programs.</summary>
    public static void CheckName(string name, ProblemList problems)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            problems.Add(ProblemRules.Name, "a variable's name consists of letters, digits and '_' and does not begin with a digit (expressions read it as env.NAME)", name);
        }
    }
}
