using System.CommandLine;
using System.Text.RegularExpressions;
using LoadTesting.Model.Validation.Policies;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Hosting;

/// <summary>The options of <see cref="TestPolicy"/>. Lists are separated by commas; an empty one is the default, <c>none</c> allows nothing.</summary>
internal sealed partial class PolicyOptions(Func<string, string?> variable)
{
    private const string None = "none";

    private readonly Option<string?> _observe = new("--observe-pods")
    {
        Description = "Whose Pods tests may observe: own (of the test's namespace), names of namespaces, or * for all, separated by commas; nobody's without it.",
    };

    private readonly Option<string> _volumeTypes = Create(
        variable, "volume-types", $"Types of volumes that tests may use, and projected.SOURCE; * for all. Without it {string.Join(",", PodPolicy.StandardVolumeTypes)}.");

    private readonly Option<string> _priorityClasses = Create(
        variable, "priority-classes", "Priority classes that tests may name; * for all but those that begin with system-, which must be named. None without it.");

    private readonly Option<string> _images = Create(
        variable, "images", "Images that tests may name, e.g. registry.example.org/*,postgres; all without it. The runners' own is always allowed.");

    private readonly Option<string> _podMetadata = Create(
        variable, "pod-metadata", "Keys of labels and annotations that tests may set although they steer the isolation or the identity of Pods, e.g. k8s.v1.cni.cncf.io/*. None without it.");

    private readonly Option<bool> _foreign = new("--allow-foreign-anti-affinity")
    {
        Description = "Allow tests a required anti-affinity to Pods of other namespaces, which keeps those Pods from the runners' nodes (LOADTEST_ALLOW_FOREIGN_ANTI_AFFINITY).",
        DefaultValueFactory = _ => variable("LOADTEST_ALLOW_FOREIGN_ANTI_AFFINITY") is "true" or "True" or "1",
    };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_observe, _volumeTypes, _priorityClasses, _images, _podMetadata, _foreign];

    /// <summary>What was asked for.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    public TestPolicy Read(ParseResult result, ICollection<string> problems)
    {
        var standard = new PodPolicy();
        return new TestPolicy
        {
            Observe = ObservePolicy.Parse(result.GetValue(_observe)),
            Pods = standard with
            {
                VolumeTypes = List(result, _volumeTypes, VolumeType(), "a type of volumes, such as csi or projected.serviceAccountToken", problems) ?? standard.VolumeTypes,
                PriorityClasses = List(result, _priorityClasses, PriorityClass(), "a name of a priority class", problems) ?? standard.PriorityClasses,
                Images = List(result, _images, Image(), "a pattern of images, such as registry.example.org/*", problems) ?? standard.Images,
                PodMetadata = List(result, _podMetadata, Key(), "a key of labels or annotations, perhaps with * at its end", problems) ?? standard.PodMetadata,
                ForeignAntiAffinity = result.GetValue(_foreign),
            },
        };
    }

    private static IReadOnlyList<string>? List(ParseResult result, Option<string> option, Regex form, string what, ICollection<string> problems)
    {
        var items = (result.GetValue(option) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items is [None])
        {
            return [];
        }

        foreach (var item in items.Where(i => !form.IsMatch(i)))
        {
            problems.Add($"{option.Name}: '{item}' is not {what}");
        }

        return items.Length == 0 ? null : items;
    }

    private static Option<string> Create(Func<string, string?> variable, string name, string what)
    {
        var environment = $"LOADTEST_ALLOW_{name.Replace('-', '_').ToUpperInvariant()}";
        return new Option<string>($"--allow-{name}") { Description = $"{what} ({environment})", DefaultValueFactory = _ => variable(environment) ?? "" };
    }

    [GeneratedRegex(@"\A(\*|(projected\.)?[a-zA-Z]+|projected\.\*)\z")]
    private static partial Regex VolumeType();

    [GeneratedRegex(@"\A(\*|[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)\z")]
    private static partial Regex PriorityClass();

    [GeneratedRegex(@"\A[A-Za-z0-9*][-A-Za-z0-9_.:/@*]*\z")]
    private static partial Regex Image();

    [GeneratedRegex(@"\A[A-Za-z0-9][-A-Za-z0-9_./]*\*?\z")]
    private static partial Regex Key();
}
