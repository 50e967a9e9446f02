using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Validation.Policies;

/// <summary>
/// What a test may put into the Pods of its runners and jobs. The operator makes those Pods in its own name: without such limits the right to create a LoadTest would be the right to create any Pod.
/// The defaults leave what stays within the test's own namespace; whoever installs the operator may narrow or widen them.
/// </summary>
public sealed record PodPolicy
{
    /// <summary>In a list: everything.</summary>
    public const string Everything = "*";

    /// <summary>
    /// Volume types that are allowed where nobody says otherwise. All of them hold what the namespace has anyway. Not among them: <c>hostPath</c> and its like (the node), <c>csi</c>, <c>nfs</c> and all other drivers (what they
    /// reach is theirs to decide), <c>image</c> (an image beside <see cref="Images"/>), <c>ephemeral</c> (makes claims).
    /// </summary>
    public static readonly IReadOnlyList<string> StandardVolumeTypes = ["configMap", "secret", "emptyDir", "persistentVolumeClaim", "downwardAPI", "projected"];

    /// <summary>
    /// Keys of labels and annotations, by their beginnings, that make another controller weaken a Pod's isolation or give it an identity, and are refused unless <see cref="PodMetadata"/> names them: security profiles of
    /// containers, further networks and chosen addresses, settings of container runtimes, identities of clouds and vaults.
    /// </summary>
    public static readonly IReadOnlyList<string> SteeringKeys =
    [
        "container.apparmor.security.beta.kubernetes.io/", "seccomp.security.alpha.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/", "kubernetes.io/config.",
        "k8s.v1.cni.cncf.io/", "v1.multus-cni.io/", "cni.projectcalico.org/", "ipam.cilium.io/", "k8s.ovn.org/", "ovn.kubernetes.io/",
        "io.kubernetes.cri-o.", "io.containerd.", "io.katacontainers.", "dev.gvisor.",
        "azure.workload.identity/", "iam.amazonaws.com/", "eks.amazonaws.com/", "iam.gke.io/", "vault.hashicorp.com/", "aadpodidbinding",
    ];

    /// <summary>Everything that the format has; for runs that were let through before, and for tests.</summary>
    public static readonly PodPolicy Unlimited = new()
    {
        VolumeTypes = [Everything, "projected.*"], PriorityClasses = [Everything], Images = [Everything], PodMetadata = [Everything], ForeignAntiAffinity = true, IsUnlimited = true,
    };

    /// <summary>
    /// Volume types as a Pod names them, and <c>projected.SOURCE</c> for a source of projected volumes other than Secrets, ConfigMaps and the downward API, e.g. <c>projected.serviceAccountToken</c>. <c>*</c> = all types,
    /// <c>projected.*</c> = all sources.
    /// </summary>
    public IReadOnlyList<string> VolumeTypes { get; init; } = StandardVolumeTypes;

    /// <summary>Priority classes. Default none: Pods get the cluster's default. <c>*</c> = all but those whose names begin with <c>system-</c>, which must be named.</summary>
    public IReadOnlyList<string> PriorityClasses { get; init; } = [];

    /// <summary>Patterns of images, see <see cref="ImagePattern"/>. Default all. The operator's own runner image is always allowed where a test names none.</summary>
    public IReadOnlyList<string> Images { get; init; } = [Everything];

    /// <summary>Keys of labels and annotations that may be set although they begin like one of <see cref="SteeringKeys"/>: whole keys, or beginnings with <c>*</c> at their end.</summary>
    public IReadOnlyList<string> PodMetadata { get; init; } = [];

    /// <summary>
    /// Whether runners may be kept apart by force from Pods of other namespaces. The scheduler keeps such a rule in both directions: a runner with it would keep other namespaces' Pods from every node, or every zone, that it is in.
    /// </summary>
    public bool ForeignAntiAffinity { get; init; }

    /// <summary>Nothing is looked at.</summary>
    internal bool IsUnlimited { get; init; }

    /// <summary>Everything in a test that is not allowed, with its place. Pure.</summary>
    /// <param name="spec">The effective spec.</param>
    public IReadOnlyList<Problem> Check(LoadTestSpec spec) => IsUnlimited ? [] : PodPolicyRules.Check(this, spec);
}
