using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Tests.Contract;

public sealed class DataPathsTests
{
    private static readonly LoadTestSpec Spec = new()
    {
        Data =
        [
            new FeederSpec { Name = "inline", Rows = [] },
            new FeederSpec { Name = "users", ConfigMap = new DataKey { Name = "shop", Key = "users.csv" }, File = "desk.csv" },
            new FeederSpec { Name = "cards", Secret = new DataKey { Name = "vault", Key = "cards.json" } },
            new FeederSpec { Name = "texts", Volume = new DataVolume { Name = "corpus", Path = "a/b.jsonl" } },
            new FeederSpec { Name = "image", File = "/opt/rows.csv" },
        ],
    };

    [Fact]
    public void What_a_pod_mounts() => Assert.Equal(
        [
            new DataMount("data-1", DataSourceKind.ConfigMap, "shop", "users.csv", "/etc/loadtest/data/users"),
            new DataMount("data-2", DataSourceKind.Secret, "vault", "cards.json", "/etc/loadtest/data/cards"),
            new DataMount("corpus", DataSourceKind.Volume, "corpus", null, "/etc/loadtest/data/texts"),
        ],
        DataPaths.Mounts(Spec));

    [Fact]
    public void Every_mounted_file_lies_in_its_mount() => Assert.All(DataPaths.Mounts(Spec), mount =>
        Assert.Contains(Spec.Data, d => DataPaths.File(d) is { } file && file.StartsWith(mount.MountPath + "/", StringComparison.Ordinal) && mount.MountPath.EndsWith("/" + d.Name, StringComparison.Ordinal)));

    [Fact]
    public void Other_files_are_where_they_say() => Assert.Equal(
        [null, "/x/users/users.csv", "/x/cards/cards.json", "/x/texts/a/b.jsonl", "/opt/rows.csv"],
        Spec.Data.Select(d => DataPaths.File(d, "/x")));
}
