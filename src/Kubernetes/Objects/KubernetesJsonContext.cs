using System.Text.Json.Serialization;

namespace LoadTesting.Kubernetes.Objects;

/// <summary>The serializers of the built-in kinds, made at compile time: no reflection, fit for trimming.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(CustomResourceDefinition))]
[JsonSerializable(typeof(UntypedObject))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(Condition))]
[JsonSerializable(typeof(OwnerReference))]
[JsonSerializable(typeof(PodSpec))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
