using System.Text.Json.Nodes;

namespace LoadTesting.TestKit;

/// <summary>
/// The "restricted" Pod security standard as a table: every control of the baseline and of the restricted profile (https://kubernetes.io/docs/concepts/security/pod-security-standards/), for clusters too old to have the
/// admission that enforces it, and for Pods that no cluster has seen.
/// </summary>
public static class RestrictedProfile
{
    private static readonly string[] Volumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];
    private static readonly string[] Profiles = ["RuntimeDefault", "Localhost"];
    private static readonly string[] SelinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    private static readonly string[] Sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    /// <summary>The controls that a Pod, or the template of one, breaks.</summary>
    /// <param name="pod">Has <c>metadata</c> and <c>spec</c>.</param>
    public static IReadOnlyList<string> Violations(JsonNode pod)
    {
        var spec = pod["spec"]!;
        var containers = new[] { "initContainers", "containers", "ephemeralContainers" }.SelectMany(k => spec[k]?.AsArray() ?? []).Select(c => c!).ToList();
        var contexts = containers.Select(c => c["securityContext"]).Append(spec["securityContext"]).ToList();
        var found = new List<string>();
        Check("host namespaces", new[] { "hostNetwork", "hostPID", "hostIPC" }.Any(k => IsTrue(spec[k])));
        Check("host process", contexts.Any(c => IsTrue(c?["windowsOptions"]?["hostProcess"])));
        Check("privileged", containers.Any(c => IsTrue(c["securityContext"]?["privileged"])));
        Check("capabilities dropped", !containers.All(c => Texts(c["securityContext"]?["capabilities"]?["drop"]).Contains("ALL")));
        Check("capabilities added", containers.Any(c => Texts(c["securityContext"]?["capabilities"]?["add"]).Except(["NET_BIND_SERVICE"]).Any()));
        Check("volume types", (spec["volumes"]?.AsArray() ?? []).Any(v => v!.AsObject().Any(f => f.Key != "name" && !Volumes.Contains(f.Key))));
        Check("host ports", containers.Any(c => (c["ports"]?.AsArray() ?? []).Any(p => p!["hostPort"] is { } port && !IsZero(port))));
        Check("host probes", containers.Any(c => new[] { "livenessProbe", "readinessProbe", "startupProbe" }.Select(k => c[k]).Any(p => p?["httpGet"]?["host"] is not null || p?["tcpSocket"]?["host"] is not null)));
        Check("AppArmor annotation", (pod["metadata"]?["annotations"]?.AsObject() ?? []).Any(a =>
            a.Key.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal) && Text(a.Value) != "runtime/default" && !Text(a.Value).StartsWith("localhost/", StringComparison.Ordinal)));
        Check("AppArmor", contexts.Any(c => c?["appArmorProfile"] is { } profile && !Profiles.Contains(Text(profile["type"]))));
        Check("SELinux", contexts.Any(c => c?["seLinuxOptions"] is { } options && (!SelinuxTypes.Contains(Text(options["type"])) || Text(options["user"]).Length > 0 || Text(options["role"]).Length > 0)));
        Check("proc mount", containers.Any(c => c["securityContext"]?["procMount"] is { } mount && Text(mount) != "Default"));
        Check("seccomp", contexts.Any(c => c?["seccompProfile"] is { } profile && !Profiles.Contains(Text(profile["type"])))
            || (spec["securityContext"]?["seccompProfile"] is null && containers.Any(c => c["securityContext"]?["seccompProfile"] is null)));
        Check("sysctls", (spec["securityContext"]?["sysctls"]?.AsArray() ?? []).Any(s => !Sysctls.Contains(Text(s!["name"]))));
        Check("privilege escalation", !containers.All(c => c["securityContext"]?["allowPrivilegeEscalation"] is { } allowed && !IsTrue(allowed)));
        Check("non-root", containers.Any(c => !IsTrue(c["securityContext"]?["runAsNonRoot"] ?? spec["securityContext"]?["runAsNonRoot"])));
        Check("root user", contexts.Any(c => c?["runAsUser"] is { } user && IsZero(user)));
        return found;

        void Check(string control, bool isBroken)
        {
            if (isBroken)
            {
                found.Add(control);
            }
        }
    }

    private static bool IsTrue(JsonNode? node) => node is not null && node.GetValue<bool>();

    // Whatever type the reader of the document made of it.
    private static bool IsZero(JsonNode number) => number.ToJsonString() == "0";

    private static string Text(JsonNode? node) => (string?)node ?? "";

    private static IEnumerable<string> Texts(JsonNode? list) => (list?.AsArray() ?? []).Select(Text);
}
