using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Spec;

namespace LoadTesting.Operator.Workloads;

/// <summary>What the Pods of runners and jobs have in common. All of it fits the "restricted" Pod security standard.</summary>
internal static class PodParts
{
    /// <summary>The part of a Pod's spec that is the same for all: it runs once, knows nothing of the API server, and goes where the runners may go.</summary>
    /// <param name="runners">Where, and with whose images.</param>
    /// <param name="deadline">After which the kubelet ends it, whoever is alive.</param>
    /// <param name="grace">Seconds between SIGTERM and SIGKILL.</param>
    /// <param name="user">User id; null = the image's.</param>
    public static JsonObject Spec(RunnersSpec runners, TimeSpan deadline, int grace, int? user = null) => new()
    {
        ["restartPolicy"] = "Never",
        ["automountServiceAccountToken"] = false,
        ["enableServiceLinks"] = false,
        ["terminationGracePeriodSeconds"] = grace,
        ["activeDeadlineSeconds"] = (long)deadline.TotalSeconds,
        ["securityContext"] = PodSecurity(user),
        ["nodeSelector"] = Strings(runners.NodeSelector),
        ["tolerations"] = SupportingObjects.Json(runners.Tolerations),
        ["imagePullSecrets"] = SupportingObjects.Json(runners.ImagePullSecrets),
        ["priorityClassName"] = runners.PriorityClassName,
    };

    /// <summary>The Pod of a spec.</summary>
    /// <exception cref="JsonException">A field that was taken over as written does not have the shape that it has in a Pod.</exception>
    public static Pod Pod(JsonObject spec) =>
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["spec"] = spec }.Deserialize(KubernetesJson.TypeInfo<Pod>())!;

    private static JsonObject PodSecurity(int? user)
    {
        var security = new JsonObject { ["runAsNonRoot"] = true, ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" } };
        if (user is not null)
        {
            security["runAsUser"] = user;
        }

        return security;
    }

    /// <summary>A container's security context.</summary>
    public static JsonObject ContainerSecurity(bool readOnlyRoot)
    {
        var security = new JsonObject { ["allowPrivilegeEscalation"] = false };
        if (readOnlyRoot)
        {
            security["readOnlyRootFilesystem"] = true;
        }

        security["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") };
        return security;
    }

    /// <summary>The test's own variables; what they refer to is resolved by the kubelet.</summary>
    public static JsonArray Environment(LoadTestSpec spec) => new([.. spec.Env.Select(variable => (JsonNode)new JsonObject
    {
        ["name"] = variable.Name,
        ["value"] = variable.Value,
        ["valueFrom"] = (variable.SecretKeyRef, variable.ConfigMapKeyRef) switch
        {
            ({ } secret, _) => new JsonObject { ["secretKeyRef"] = Key(secret) },
            (_, { } map) => new JsonObject { ["configMapKeyRef"] = Key(map) },
            _ => null,
        },
    })]);

    /// <summary>Quantities may be written as numbers; the API wants text.</summary>
    public static JsonObject? Resources(SpecNode? written)
    {
        if (SupportingObjects.Json(written) is not JsonObject resources)
        {
            return null;
        }

        foreach (var part in resources.Select(r => r.Value).OfType<JsonObject>())
        {
            foreach (var (name, quantity) in part.ToList())
            {
                if (quantity is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
                {
                    part[name] = value.ToJsonString();
                }
            }
        }

        return resources;
    }

    /// <summary>A list as written, and ours behind it.</summary>
    public static JsonArray List(SpecNode? written, params ReadOnlySpan<JsonObject> ours)
    {
        var all = (SupportingObjects.Json(written) as JsonArray)?.DeepClone().AsArray() ?? [];
        foreach (var item in ours)
        {
            all.Add(item);
        }

        return all;
    }

    /// <summary>A map of texts; null when it is empty.</summary>
    public static JsonObject? Strings(OrderedMap<string> map) =>
        map.Count == 0 ? null : new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonObject Key(KeyRef key)
    {
        var node = new JsonObject { ["name"] = key.Name, ["key"] = key.Key };
        if (key.Optional)
        {
            node["optional"] = true;
        }

        return node;
    }
}
