using System.Text;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// What a run's Pods need besides themselves: the plan as ConfigMaps, mostly one, the token as a Secret. All immutable, all owned by the run.
/// </summary>
internal static class SupportingObjects
{
    /// <summary>Key of the token in its Secret, and name of the file.</summary>
    public const string TokenKey = "token";

    /// <summary>Key of the agents' certificate beside it.</summary>
    public const string CertificateKey = "tls.crt";

    /// <summary>Key of the certificate's private key.</summary>
    public const string PrivateKeyKey = "tls.key";

    /// <summary>
    /// The manifest that all runners read, the same for each: what is whose follows from index and count. One ConfigMap, or one for each part.
    /// </summary>
    public static IEnumerable<ConfigMap> Plan(LoadTestRun run, IReadOnlyList<PlanFile> files) => files.Select((file, part) => new ConfigMap
    {
        Metadata = Meta(run, Names.Plan(run.Metadata.Name!, part)),
        Data = file.IsText ? new Dictionary<string, string> { [file.Name] = Encoding.UTF8.GetString(file.Content) } : new Dictionary<string, string>(),
        BinaryData = file.IsText ? new Dictionary<string, byte[]>() : new Dictionary<string, byte[]> { [file.Name] = file.Content },
        Immutable = true,
    });

    /// <summary>The document of <see cref="Plan"/>, part by part; null when it cannot be read.</summary>
    /// <param name="find">The run's own ConfigMap of a part; null when there is none.</param>
    public static async Task<SpecNode?> ReadPlanAsync(Func<int, Task<ConfigMap?>> find)
    {
        var parts = new List<byte[]>();
        while (parts.Count < PlanFiles.MostParts && await find(parts.Count) is { } map)
        {
            if (map.Data.TryGetValue(PlanFiles.Plain, out var text))
            {
                return SpecJson.Read(Encoding.UTF8.GetBytes(text), []);
            }

            if (!map.BinaryData.TryGetValue(PlanFiles.PartName(PlanFiles.Packed, parts.Count), out var part))
            {
                return null;
            }

            parts.Add(part);
            if (part.Length < PlanFiles.MostBytesOfPart)
            {
                break;
            }
        }

        try
        {
            return parts.Count == 0 ? null : SpecJson.Read(PlanFiles.Join(parts), []);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The Secret with token, certificate and private key, for server and kubelet only: the operator never reads it back.</summary>
    public static Secret Access(LoadTestRun run, RunKeys keys)
    {
        var (certificate, privateKey) = keys.CertificateOf(run.Metadata.Uid!);
        return new Secret
        {
            Metadata = Meta(run, Names.Token(run.Metadata.Name!, run.Metadata.Uid!)),
            Type = "Opaque",
            Data = new Dictionary<string, byte[]>
            {
                [TokenKey] = Encoding.UTF8.GetBytes(keys.TokenOf(run.Metadata.Uid!)),
                [CertificateKey] = Encoding.UTF8.GetBytes(certificate),
                [PrivateKeyKey] = Encoding.UTF8.GetBytes(privateKey),
            },
            Immutable = true,
        };
    }

    /// <summary>Name, labels and owner of an object of a run.</summary>
    public static ObjectMeta Meta(LoadTestRun run, string name) => new()
    {
        Name = name,
        Namespace = run.Metadata.Namespace,
        Labels = Labels.Of(run.Spec.LoadTestRef.Name, run.Metadata.Name!),
        OwnerReferences = [Owner(run)],
    };

    /// <summary>The run as controlling owner. It does not block the owner's deletion: nothing of a run is worth waiting for.</summary>
    public static OwnerReference Owner(LoadTestRun run) => new()
    {
        ApiVersion = LoadTestResources.ApiVersion,
        Kind = LoadTestResources.LoadTestRuns.Kind,
        Name = run.Metadata.Name!,
        Uid = run.Metadata.Uid!,
        Controller = true,
    };

    /// <summary>A JSON node of a spec node, as Pods want it.</summary>
    public static JsonNode? Json(SpecNode? node) => node is null ? null : JsonNode.Parse(SpecJson.ToUtf8(node));
}
