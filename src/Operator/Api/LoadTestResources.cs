using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Operator.Api;

/// <summary>Where our kinds live in the API.</summary>
public static class LoadTestResources
{
    /// <summary>API group.</summary>
    public const string Group = "loadtest.dev";

    /// <summary>Served and stored version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Group and version as objects carry them.</summary>
    public const string ApiVersion = Group + "/" + Version;

    private static readonly JsonSerializerOptions Options = KubernetesJson.OptionsFor(OperatorJsonContext.Default);

    /// <summary>LoadTests.</summary>
    public static ResourceType<LoadTest> LoadTests { get; } = new(Group, Version, "loadtests", "LoadTest", true, TypeInfo<LoadTest>());

    /// <summary>LoadTestRuns.</summary>
    public static ResourceType<LoadTestRun> LoadTestRuns { get; } = new(Group, Version, "loadtestruns", "LoadTestRun", true, TypeInfo<LoadTestRun>());

    /// <summary>A status as the JSON that server-side apply wants.</summary>
    public static System.Text.Json.Nodes.JsonObject ToJson(LoadTestStatus status) => JsonSerializer.SerializeToNode(status, TypeInfo<LoadTestStatus>())!.AsObject();

    /// <summary>The status that <see cref="ToJson"/> wrote.</summary>
    public static LoadTestStatus ToStatus(System.Text.Json.Nodes.JsonObject status) => JsonSerializer.Deserialize(status, TypeInfo<LoadTestStatus>())!;

    private static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}

/// <summary>The serializers of our kinds, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LoadTest))]
[JsonSerializable(typeof(LoadTestRun))]
[JsonSerializable(typeof(LoadTestStatus))]
internal sealed partial class OperatorJsonContext : JsonSerializerContext;
