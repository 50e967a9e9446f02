using System.Reflection;
using System.Text.Json.Nodes;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Api.Schema;

/// <summary>
/// Bounds of the spec's numbers that hold for every test, so that the API server refuses what no operator would run. The validation that desk and operator
/// share has the same ones, and says more.
/// </summary>
internal static class SchemaBounds
{
    private static readonly Dictionary<(Type Type, string Property), (long Least, long? Most)> Bounds = new()
    {
        [(typeof(RunnersSpec), nameof(RunnersSpec.Replicas))] = (1, RunnersSpec.MostReplicas),
        [(typeof(HistorySpec), nameof(HistorySpec.Passed))] = (0, null),
        [(typeof(HistorySpec), nameof(HistorySpec.Failed))] = (0, null),
    };

    public static void Apply(PropertyInfo property, JsonObject schema)
    {
        if (!Bounds.TryGetValue((property.DeclaringType!, property.Name), out var bounds))
        {
            return;
        }

        schema["minimum"] = bounds.Least;
        if (bounds.Most is { } most)
        {
            schema["maximum"] = most;
        }
    }
}
