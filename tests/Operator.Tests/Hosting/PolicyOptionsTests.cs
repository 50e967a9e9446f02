using System.CommandLine;
using LoadTesting.Model.Validation.Policies;
using LoadTesting.Operator.Hosting;

namespace LoadTesting.Operator.Tests.Hosting;

/// <summary>What an operator is told to allow tests, on its command line or in its environment.</summary>
public sealed class PolicyOptionsTests
{
    [Theory]
    [InlineData("", "", "configMap secret emptyDir persistentVolumeClaim downwardAPI projected||*||False")]
    [InlineData("--allow-volume-types=configMap,csi --allow-priority-classes=low --allow-images=registry.example.org/*,postgres --allow-pod-metadata=k8s.v1.cni.cncf.io/* --allow-foreign-anti-affinity", "", "configMap csi|low|registry.example.org/* postgres|k8s.v1.cni.cncf.io/*|True")]
    [InlineData("--allow-volume-types=none --allow-images=none", "", "||||False")]
    [InlineData("--allow-volume-types=*,projected.*", "", "* projected.*||*||False")]
    [InlineData("", "LOADTEST_ALLOW_VOLUME_TYPES=secret;LOADTEST_ALLOW_PRIORITY_CLASSES=a, b;LOADTEST_ALLOW_IMAGES=x/*;LOADTEST_ALLOW_POD_METADATA=aadpodidbinding;LOADTEST_ALLOW_FOREIGN_ANTI_AFFINITY=true", "secret|a b|x/*|aadpodidbinding|True")]
    [InlineData("", "LOADTEST_ALLOW_VOLUME_TYPES=;LOADTEST_ALLOW_FOREIGN_ANTI_AFFINITY=false", "configMap secret emptyDir persistentVolumeClaim downwardAPI projected||*||False")]
    [InlineData("--allow-images=mine", "LOADTEST_ALLOW_IMAGES=x/*", "configMap secret emptyDir persistentVolumeClaim downwardAPI projected||mine||False")]
    public void Options_win_over_the_environment_and_nothing_is_the_default(string options, string environment, string expected)
    {
        var (policy, problems) = Read(options, environment);
        Assert.Empty(problems);
        Assert.Equal(expected, $"{Join(policy.VolumeTypes)}|{Join(policy.PriorityClasses)}|{Join(policy.Images)}|{Join(policy.PodMetadata)}|{policy.ForeignAntiAffinity}");
    }

    [Fact]
    public void What_cannot_be_meant_is_said_at_once_for_all()
    {
        var (_, problems) = Read("--allow-volume-types=config-map,projected.a.b --allow-priority-classes=High --allow-images=a;b --allow-pod-metadata=*", "");
        Assert.Equal(
            [
                "--allow-volume-types: 'config-map' is not a type of volumes, such as csi or projected.serviceAccountToken",
                "--allow-volume-types: 'projected.a.b' is not a type of volumes, such as csi or projected.serviceAccountToken",
                "--allow-priority-classes: 'High' is not a name of a priority class",
                "--allow-images: 'a;b' is not a pattern of images, such as registry.example.org/*",
                "--allow-pod-metadata: '*' is not a key of labels or annotations, perhaps with * at its end",
            ],
            problems);
    }

    private static string Join(IEnumerable<string> list) => string.Join(' ', list);

    private static (PodPolicy Policy, IReadOnlyList<string> Problems) Read(string options, string environment)
    {
        var variables = environment.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1], StringComparer.Ordinal);
        var policies = new PolicyOptions(variables.GetValueOrDefault);
        var command = new Command("run");
        foreach (var option in policies.All)
        {
            command.Add(option);
        }

        var problems = new List<string>();
        var result = command.Parse(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(result.Errors);
        return (policies.Read(result, problems).Pods, problems);
    }
}
