using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Contract;

/// <summary>Where a runner's container has the files of feeders: the operator mounts them there, the agent reads them there.</summary>
public static class DataPaths
{
    /// <summary>Folder with one folder for each feeder, unless <see cref="FolderVariable"/> says otherwise.</summary>
    public const string Folder = "/etc/loadtest/data";

    /// <summary>Environment variable: the folder instead of <see cref="Folder"/>, for agents outside of Pods.</summary>
    public const string FolderVariable = "LOADTEST_DATA_DIR";

    /// <summary>The file of a feeder; null when its rows stand in the manifest.</summary>
    /// <param name="feeder">The feeder.</param>
    /// <param name="folder">Usually <see cref="Folder"/>.</param>
    public static string? File(FeederSpec feeder, string folder = Folder) => feeder switch
    {
        { ConfigMap: { } map } => $"{folder}/{feeder.Name}/{map.Key}",
        { Secret: { } secret } => $"{folder}/{feeder.Name}/{secret.Key}",
        { Volume: { } volume } => $"{folder}/{feeder.Name}/{volume.Path}",
        _ => feeder.File,
    };

    /// <summary>What a runner's Pod must mount for the test's feeders, in their order. All mounts are read-only.</summary>
    public static IReadOnlyList<DataMount> Mounts(LoadTestSpec spec) => [.. spec.Data.Select((feeder, i) => feeder switch
    {
        { ConfigMap: { } map } => new DataMount($"data-{i}", DataSourceKind.ConfigMap, map.Name, map.Key, $"{Folder}/{feeder.Name}"),
        { Secret: { } secret } => new DataMount($"data-{i}", DataSourceKind.Secret, secret.Name, secret.Key, $"{Folder}/{feeder.Name}"),
        { Volume: { } volume } => new DataMount(volume.Name, DataSourceKind.Volume, volume.Name, null, $"{Folder}/{feeder.Name}"),
        _ => null,
    }).OfType<DataMount>()];
}

/// <summary>A volume of a runner's Pod and where its container sees it.</summary>
/// <param name="VolumeName">Name of the Pod's volume: to be added, or for <see cref="DataSourceKind.Volume"/> one that <c>runners.volumes</c> has.</param>
/// <param name="Kind">What the volume is made of.</param>
/// <param name="ObjectName">Name of the ConfigMap or Secret; the volume's own name otherwise.</param>
/// <param name="Key">The only key that the volume has to show, as a file of the same name; null = all of the volume.</param>
/// <param name="MountPath">Absolute folder in the container.</param>
public sealed record DataMount(string VolumeName, DataSourceKind Kind, string ObjectName, string? Key, string MountPath);

/// <summary>What a mounted volume is made of.</summary>
public enum DataSourceKind
{
    /// <summary>A key of a ConfigMap.</summary>
    ConfigMap,

    /// <summary>A key of a Secret.</summary>
    Secret,

    /// <summary>A volume that the test's runners have anyway.</summary>
    Volume,
}
