using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation;

/// <summary>
/// The values of a test's environment at the desk, where no Secret and no ConfigMap exists: a variable of the same name in the process' environment stands in.
/// </summary>
public static class DeskEnvironment
{
    /// <summary>All values by name; those that are missing (and not optional) are problems. Values never stand in problems: they may be secrets.</summary>
    /// <param name="env">The manifest's variables, overrides applied.</param>
    /// <param name="lookUp">The process' environment.</param>
    /// <param name="problems">Gets what is missing (rule <c>value-from</c>).</param>
    public static OrderedMap<string> Resolve(IReadOnlyList<EnvVarSpec> env, Func<string, string?> lookUp, ICollection<Problem> problems)
    {
        var values = new List<KeyValuePair<string, string>>();
        for (var i = 0; i < env.Count; i++)
        {
            var variable = env[i];
            if ((variable.Value ?? lookUp(variable.Name)) is { } value)
            {
                values.Add(new(variable.Name, value));
                continue;
            }

            if ((variable.SecretKeyRef ?? variable.ConfigMapKeyRef) is { Optional: false } key)
            {
                var kind = variable.SecretKeyRef is null ? "ConfigMap" : "Secret";
                problems.Add(new Problem(SpecPath.Item("spec.env", i), "value-from",
                    $"{variable.Name} comes from key '{key.Key}' of {kind} '{key.Name}', which only a cluster has; set the environment variable {variable.Name}, or pass -e {variable.Name}=…"));
            }
        }

        return new OrderedMap<string>(values.DistinctBy(v => v.Key, StringComparer.Ordinal));
    }
}
