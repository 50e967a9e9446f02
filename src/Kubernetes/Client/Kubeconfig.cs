namespace LoadTesting.Kubernetes.Client;

/// <summary>
/// Reads kubeconfig files as kubectl does: several files are one, of entries with the same name the first counts, and files that do not exist
/// are passed over.
/// </summary>
public static class Kubeconfig
{
    /// <summary>The way to the cluster of a context.</summary>
    /// <param name="paths">In order of precedence.</param>
    /// <param name="context">Null = the current context of the first file that names one.</param>
    public static ClusterConfigResult Load(IReadOnlyList<string> paths, string? context = null)
    {
        var problems = new List<ConfigProblem>();
        var files = paths.Where(File.Exists).Select(p => KubeconfigFile.Read(p, problems)).OfType<KubeconfigFile>().ToList();
        var source = string.Join(Path.PathSeparator, paths);
        if (files.Count == 0 && problems.Count == 0)
        {
            problems.Add(new(source, "", "no such file; set KUBECONFIG, or run in a Pod"));
        }

        if (problems.Count > 0)
        {
            return new(null, problems);
        }

        var config = Resolve(files, source, context, problems);
        return problems.Count > 0 ? new(null, problems) : new(config, []);
    }

    private static ClusterConfig? Resolve(List<KubeconfigFile> files, string source, string? context, List<ConfigProblem> problems)
    {
        context ??= files.Select(f => f.CurrentContext).FirstOrDefault(c => !string.IsNullOrEmpty(c));
        if (context is null)
        {
            problems.Add(new(source, "current-context", $"is not set; contexts: {Names(files, f => f.Contexts)}"));
            return null;
        }

        if (Find(files, f => f.Contexts, context) is not { } chosen)
        {
            problems.Add(new(source, "contexts", $"there is no context {context}; there are: {Names(files, f => f.Contexts)}"));
            return null;
        }

        var clusterName = chosen.Fields.Text("cluster") ?? "";
        var cluster = Find(files, f => f.Clusters, clusterName);
        if (cluster is null)
        {
            chosen.Fields.Problem("cluster", $"there is no cluster {clusterName}; there are: {Names(files, f => f.Clusters)}");
        }

        var userName = chosen.Fields.Text("user") ?? "";
        var user = Find(files, f => f.Users, userName);
        if (user is null && userName.Length > 0)
        {
            chosen.Fields.Problem("user", $"there is no user {userName}; there are: {Names(files, f => f.Users)}");
        }

        if (cluster is not { } known)
        {
            return null;
        }

        var credentials = user is { } u ? new KubeconfigUser(u.File, u.Fields).Read() : new ClusterUser();
        return Read(known.File, known.Fields) is { } config
            ? config with { User = credentials, Namespace = chosen.Fields.Text("namespace") is { Length: > 0 } ns ? ns : "default" }
            : null;
    }

    private static ClusterConfig? Read(KubeconfigFile file, YamlFields cluster)
    {
        var tls = new ClusterTls
        {
            CertificateAuthority = KubeconfigPem.Read(file, cluster, "certificate-authority"),
            ServerName = cluster.Text("tls-server-name") is { Length: > 0 } name ? name : null,
            SkipVerify = cluster.Flag("insecure-skip-tls-verify"),
        };
        if (tls is { SkipVerify: true, CertificateAuthority: not null })
        {
            cluster.Problem("insecure-skip-tls-verify", "cannot be combined with a certificate authority");
        }

        var server = Url(cluster, "server", ["https", "http"]);
        var proxy = cluster.Has("proxy-url") ? Url(cluster, "proxy-url", ["http", "https", "socks5"]) : null;
        if (!cluster.Has("server"))
        {
            cluster.Problem("server", "is missing");
        }

        return server is null ? null : new ClusterConfig { Server = server, Tls = tls, Proxy = proxy };
    }

    private static Uri? Url(YamlFields fields, string name, string[] schemes)
    {
        if (fields.Text(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme))
        {
            return url;
        }

        fields.Problem(name, $"'{text}' must be an absolute URL with one of the schemes {string.Join(", ", schemes)}");
        return null;
    }

    private static (KubeconfigFile File, YamlFields Fields)? Find(
        List<KubeconfigFile> files, Func<KubeconfigFile, IReadOnlyDictionary<string, YamlFields>> entries, string name)
    {
        foreach (var file in files)
        {
            if (entries(file).TryGetValue(name, out var fields))
            {
                return (file, fields);
            }
        }

        return null;
    }

    private static string Names(List<KubeconfigFile> files, Func<KubeconfigFile, IReadOnlyDictionary<string, YamlFields>> entries)
    {
        var names = files.SelectMany(f => entries(f).Keys).Distinct().ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }
}
