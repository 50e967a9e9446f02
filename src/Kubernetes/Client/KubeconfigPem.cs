using System.Text;

namespace LoadTesting.Kubernetes.Client;

/// <summary>Certificates and keys of a kubeconfig: <c>NAME-data</c> (base64) precedes <c>NAME</c> (a file).</summary>
internal static class KubeconfigPem
{
    public static PemSource? Read(KubeconfigFile file, YamlFields fields, string name)
    {
        if (fields.Text($"{name}-data") is { Length: > 0 } data)
        {
            return Decode(fields, $"{name}-data", data);
        }

        if (fields.Text(name) is not { Length: > 0 } path)
        {
            return null;
        }

        var full = file.Resolve(path);
        if (!File.Exists(full))
        {
            fields.Problem(name, $"{full} does not exist");
            return null;
        }

        return PemSource.FromFile(full);
    }

    private static PemSource? Decode(YamlFields fields, string name, string data)
    {
        var bytes = new byte[data.Length];
        if (!Convert.TryFromBase64String(data, bytes, out var length))
        {
            fields.Problem(name, "is not base64");
            return null;
        }

        var text = Encoding.ASCII.GetString(bytes, 0, length);
        if (!text.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            fields.Problem(name, "is not PEM");
            return null;
        }

        return PemSource.FromText(text);
    }
}
