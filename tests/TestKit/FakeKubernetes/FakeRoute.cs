namespace LoadTesting.TestKit.FakeKubernetes;

/// <summary>A path of the Kubernetes API, taken apart.</summary>
internal sealed record FakeRoute(string Collection, string ApiVersion, string? Namespace, string? Name, string? Subresource)
{
    public string Key => $"{Namespace}/{Name}";

    public static FakeRoute? Parse(string path)
    {
        var parts = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        string group, version;
        int at;
        switch (parts)
        {
            case ["api", var v, _, ..]:
                (group, version, at) = ("", v, 2);
                break;
            case ["apis", var g, var v, _, ..]:
                (group, version, at) = (g, v, 3);
                break;
            default:
                return null;
        }

        string? scope = null;
        if (parts[at] == "namespaces" && parts.Length > at + 2)
        {
            scope = parts[at + 1];
            at += 2;
        }

        return new FakeRoute(
            $"{group}/{parts[at]}",
            group.Length == 0 ? version : $"{group}/{version}",
            scope,
            parts.Length > at + 1 ? parts[at + 1] : null,
            parts.Length > at + 2 ? parts[at + 2] : null);
    }
}
