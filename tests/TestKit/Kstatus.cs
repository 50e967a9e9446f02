using System.Text.Json.Nodes;

namespace LoadTesting.TestKit;

/// <summary>What kstatus (kubernetes-sigs/cli-utils) makes of a custom resource, written from its published rules.</summary>
public static class Kstatus
{
    /// <summary><c>Terminating</c>, <c>InProgress</c>, <c>Failed</c> or <c>Current</c>.</summary>
    public static string Compute(JsonNode resource)
    {
        if (resource["metadata"]?["deletionTimestamp"] is not null)
        {
            return "Terminating";
        }

        var generation = resource["metadata"]?["generation"]?.GetValue<long>();
        if (resource["status"]?["observedGeneration"]?.GetValue<long>() is { } observed && observed != generation)
        {
            return "InProgress";
        }

        var conditions = resource["status"]?["conditions"] as JsonArray ?? [];
        foreach (var condition in conditions)
        {
            if (condition?["status"]?.GetValue<string>() == "True")
            {
                switch (condition["type"]?.GetValue<string>())
                {
                    case "Reconciling":
                        return "InProgress";
                    case "Stalled":
                        return "Failed";
                    default:
                        break;
                }
            }
        }

        var ready = conditions.FirstOrDefault(c => c?["type"]?.GetValue<string>() == "Ready")?["status"]?.GetValue<string>();
        return ready is null or "True" ? "Current" : "InProgress";
    }
}
