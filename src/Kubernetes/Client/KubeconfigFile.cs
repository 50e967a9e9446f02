using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LoadTesting.Kubernetes.Client;

/// <summary>One kubeconfig file, its entries by name. Relative paths in it mean its own folder.</summary>
internal sealed class KubeconfigFile
{
    private KubeconfigFile(string path, YamlFields root)
    {
        Folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CurrentContext = root.Text("current-context");
        Contexts = Entries(root, "contexts", "context");
        Clusters = Entries(root, "clusters", "cluster");
        Users = Entries(root, "users", "user");
    }

    public string Folder { get; }

    public string? CurrentContext { get; }

    public IReadOnlyDictionary<string, YamlFields> Contexts { get; }

    public IReadOnlyDictionary<string, YamlFields> Clusters { get; }

    public IReadOnlyDictionary<string, YamlFields> Users { get; }

    /// <returns>Null when the file cannot be read or is not YAML; the reason is among the problems.</returns>
    public static KubeconfigFile? Read(string path, List<ConfigProblem> problems)
    {
        try
        {
            var yaml = new YamlStream();
            using var reader = new StreamReader(path);
            yaml.Load(reader);
            var root = yaml.Documents.Count == 0 ? null : yaml.Documents[0].RootNode;
            return new KubeconfigFile(path, new YamlFields(root, "", (at, message) => problems.Add(new(path, at, message))));
        }
        catch (YamlException e)
        {
            problems.Add(new(path, $"line {e.Start.Line}", $"is not YAML: {Reason(e)}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(path, "", $"cannot be read: {e.Message}"));
        }

        return null;
    }

    /// <summary>The parser's reason without its own notation of positions.</summary>
    private static string Reason(YamlException e)
    {
        var colon = e.Message.LastIndexOf("): ", StringComparison.Ordinal);
        return (colon < 0 ? e.Message : e.Message[(colon + 3)..]).Trim().TrimEnd('.');
    }

    /// <summary>A path of this file, made absolute.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Folder);

    private static Dictionary<string, YamlFields> Entries(YamlFields root, string list, string inner)
    {
        var entries = new Dictionary<string, YamlFields>();
        foreach (var entry in root.Maps(list, "name"))
        {
            if (entry.Text("name") is { Length: > 0 } name)
            {
                // Of namesakes the first counts, within a file as between files.
                entries.TryAdd(name, entry.Map(inner));
            }
            else
            {
                entry.Problem("name", "is missing");
            }
        }

        return entries;
    }
}
