using System.Security.Cryptography;
using LoadTesting.Kubernetes.Client;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Hosting;

/// <summary>
/// The key from which runs' tokens are derived: a Secret in the operator's own namespace, made by whichever process comes first. The only Secret that the operator reads.
/// </summary>
internal static class OperatorKey
{
    private const string Entry = "key";

    public static async Task<byte[]> LoadAsync(IReader reader, IWriter writer, string space, CancellationToken cancellation)
    {
        var name = new NamespacedName(space, OperatorOptions.KeyName);
        if (await reader.FindAsync(Resources.Secrets, name, cancellation) is { } present)
        {
            return Read(present);
        }

        var key = RandomNumberGenerator.GetBytes(RunKeys.KeyLength);
        try
        {
            await writer.CreateAsync(
                Resources.Secrets,
                new Secret
                {
                    Metadata = new ObjectMeta { Name = name.Name, Namespace = space, Labels = new Dictionary<string, string> { [Labels.ManagedBy] = Labels.Manager } },
                    Type = "Opaque",
                    Data = new Dictionary<string, byte[]> { [Entry] = key },
                    Immutable = true,
                },
                cancellation);
            return key;
        }
        catch (ApiException e) when (e.Error.IsAlreadyExists)
        {
            return Read(await reader.GetAsync(Resources.Secrets, name, cancellation));
        }
    }

    private static byte[] Read(Secret secret) => secret.Data.TryGetValue(Entry, out var key) && key.Length == RunKeys.KeyLength
        ? key
        : throw new InvalidOperationException($"{secret} has no entry '{Entry}' of {RunKeys.KeyLength} bytes: delete it, and the operator makes a new one");
}
