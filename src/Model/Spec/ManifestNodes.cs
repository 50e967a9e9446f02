using LoadTesting.Model.Spec.Parsing;

namespace LoadTesting.Model.Spec;

/// <summary>Manifests back to nodes: the inverse of <see cref="Parsing.SpecParser"/>. Defaults are left out.</summary>
public static class ManifestNodes
{
    /// <summary>The whole document.</summary>
    public static SpecMap Of(LoadTestManifest manifest) => new NodeBuilder()
        .Add("apiVersion", ManifestIdentity.ApiVersion)
        .Add("kind", ManifestIdentity.Kind)
        .Add("metadata", new NodeBuilder()
            .Add("name", manifest.Name)
            .Add("namespace", manifest.Namespace)
            .Add("labels", manifest.Labels)
            .Add("annotations", manifest.Annotations)
            .Build())
        .Add("spec", Of(manifest.Spec))
        .Build();

    /// <summary>A <c>spec</c>.</summary>
    public static SpecMap Of(LoadTestSpec spec) => new NodeBuilder()
        .Add("target", spec.Target)
        .Add("env", spec.Env, Env)
        .Add("variables", spec.Variables.Count == 0 ? null : NodeBuilder.Map(spec.Variables, v => v))
        .Add("data", spec.Data, FeederNodes.Of)
        .Add("http", Http(spec.Http))
        .Add("network", Network(spec.Network))
        .Add("ready", ReadyNodes.Of(spec.Ready))
        .Add("observe", ObserveNodes.Of(spec.Observe))
        .Add("setup", spec.Setup, StepNodes.Of)
        .Add("teardown", spec.Teardown, StepNodes.Of)
        .Add("verify", spec.Verify, StepNodes.Of)
        .Add("flows", spec.Flows.Count == 0 ? null : NodeBuilder.Map(spec.Flows, steps => NodeBuilder.List(steps, StepNodes.Of)))
        .Add("scenarios", NodeBuilder.Map(spec.Scenarios, ScenarioNodes.Of))
        .Add("thresholds", spec.Thresholds.Count == 0 ? null : NodeBuilder.Map(spec.Thresholds, list => NodeBuilder.List(list, Threshold)))
        .Add("validity", ValidityNodes.Of(spec.Validity))
        .Add("warmUp", spec.WarmUp, Duration.Zero)
        .Add("baseline", spec.Baseline is { } baseline ? new NodeBuilder().Add("run", baseline.Run).Add("lastPassed", baseline.LastPassed, false).Build() : null)
        .Add("tags", spec.Tags)
        .Add("minIterationDuration", spec.MinIterationDuration, Duration.Zero)
        .Add("profiles", spec.Profiles.Count == 0 ? null : NodeBuilder.Map(spec.Profiles, p => p))
        .Add("profile", spec.Profile)
        .Add("runners", Runners(spec.Runners))
        .Add("deadlines", Deadlines(spec.Deadlines))
        .Add("history", new NodeBuilder()
            .Add("passed", spec.History.Passed, new HistorySpec().Passed)
            .Add("failed", spec.History.Failed, new HistorySpec().Failed)
            .BuildIfAny())
        .Add("suspend", spec.Suspend, false)
        .Add("onChange", spec.OnChange == ChangePolicy.Replace ? "replace" : null)
        .Build();

    private static SpecMap? Deadlines(DeadlinesSpec deadlines) => new NodeBuilder()
        .Add("queue", Scalar(deadlines.Queue))
        .Add("obstacle", Scalar(deadlines.Obstacle))
        .Add("ready", Scalar(deadlines.Ready))
        .Add("setup", Scalar(deadlines.Setup))
        .Add("evaluate", Scalar(deadlines.Evaluate))
        .BuildIfAny();

    private static SpecScalar? Scalar(Duration? time) => time is { } given ? NodeBuilder.Scalar(given) : null;

    /// <summary>The statuses of an <c>expect</c>.</summary>
    internal static SpecMap? Expect(ExpectedStatuses? expected) => expected is null ? null : new NodeBuilder()
        .Add("status", NodeBuilder.List(expected.Ranges, r => r.Min == r.Max
            ? NodeBuilder.Scalar(r.Min)
            : new NodeBuilder().Add("min", NodeBuilder.Scalar(r.Min)).Add("max", NodeBuilder.Scalar(r.Max)).Build()))
        .Build();

    private static SpecMap Env(EnvVarSpec variable) => new NodeBuilder()
        .Add("name", variable.Name)
        .Add("value", variable.Value)
        .Add("valueFrom", new NodeBuilder().Add("secretKeyRef", Key(variable.SecretKeyRef)).Add("configMapKeyRef", Key(variable.ConfigMapKeyRef)).BuildIfAny())
        .Build();

    private static SpecMap? Key(KeyRef? key) => key is null ? null
        : new NodeBuilder().Add("name", key.Name).Add("key", key.Key).Add("optional", key.Optional, false).Build();

    private static SpecMap? Http(HttpSpec http)
    {
        var standard = new HttpSpec();
        return new NodeBuilder()
            .Add("timeout", http.Timeout, standard.Timeout)
            .Add("redirects", http.Redirects, standard.Redirects)
            .Add("headers", http.Headers)
            .Add("cookies", http.Cookies, standard.Cookies)
            .Add("noCookiesReset", http.NoCookiesReset, standard.NoCookiesReset)
            .Add("keepAlive", http.KeepAlive, standard.KeepAlive)
            .Add("noVUConnectionReuse", http.NoVUConnectionReuse, standard.NoVUConnectionReuse)
            .Add("maxConnectionAge", http.MaxConnectionAge is { } age ? NodeBuilder.Scalar(age) : null)
            .Add("http2", http.Http2, standard.Http2)
            .Add("h2c", http.H2c, standard.H2c)
            .Add("throw", http.Throw, standard.Throw)
            .Add("maxBodyBytes", http.MaxBodyBytes, standard.MaxBodyBytes)
            .Add("connectTimeout", http.ConnectTimeout, standard.ConnectTimeout)
            .Add("userAgent", http.UserAgent)
            .Add("expect", Expect(http.Expect))
            .Add("batch", http.Batch, standard.Batch)
            .Add("batchPerHost", http.BatchPerHost, standard.BatchPerHost)
            .Add("tls", new NodeBuilder()
                .Add("insecureSkipVerify", http.Tls.InsecureSkipVerify, false)
                .Add("caFile", http.Tls.CaFile)
                .Add("certFile", http.Tls.CertFile)
                .Add("keyFile", http.Tls.KeyFile)
                .Add("serverName", http.Tls.ServerName)
                .Add("minVersion", http.Tls.MinVersion)
                .Add("maxVersion", http.Tls.MaxVersion)
                .Add("cipherSuites", http.Tls.CipherSuites, NodeBuilder.Scalar)
                .BuildIfAny())
            .BuildIfAny();
    }

    private static SpecMap? Network(NetworkSpec network)
    {
        var standard = new DnsSpec();
        return new NodeBuilder()
            .Add("hosts", network.Hosts)
            .Add("blockHostnames", network.BlockHostnames, NodeBuilder.Scalar)
            .Add("blacklistIPs", network.BlacklistIPs, NodeBuilder.Scalar)
            .Add("localIPs", network.LocalIPs, NodeBuilder.Scalar)
            .Add("dns", new NodeBuilder()
                .Add("ttl", network.Dns.Ttl == standard.Ttl ? null : network.Dns.Ttl == DnsSpec.Forever ? NodeBuilder.Scalar("inf") : NodeBuilder.Scalar(network.Dns.Ttl))
                .Add("select", network.Dns.Select == standard.Select ? null : NetworkReader.Text(network.Dns.Select))
                .Add("policy", network.Dns.Policy == standard.Policy ? null : NetworkReader.Text(network.Dns.Policy))
                .BuildIfAny())
            .BuildIfAny();
    }

    private static SpecNode Threshold(ThresholdSpec threshold) => threshold is { AbortOnFail: false, DelayAbortEval: null }
        ? NodeBuilder.Scalar(threshold.Expression)
        : new NodeBuilder()
            .Add("threshold", threshold.Expression)
            .Add("abortOnFail", threshold.AbortOnFail, false)
            .Add("delayAbortEval", threshold.DelayAbortEval is { } delay ? NodeBuilder.Scalar(delay) : null)
            .Build();

    private static SpecMap? Runners(RunnersSpec runners) => new NodeBuilder()
        .Add("replicas", runners.Replicas, 1)
        .Add("onLoss", runners.OnLoss switch { LossPolicy.Continue => "continue", LossPolicy.Replace => "replace", _ => null })
        .Add("image", runners.Image)
        .Add("resources", runners.Resources)
        .Add("nodeSelector", runners.NodeSelector)
        .Add("tolerations", runners.Tolerations)
        .Add("affinity", runners.Affinity)
        .Add("labels", runners.Labels)
        .Add("annotations", runners.Annotations)
        .Add("imagePullSecrets", runners.ImagePullSecrets)
        .Add("env", runners.Env)
        .Add("volumes", runners.Volumes)
        .Add("volumeMounts", runners.VolumeMounts)
        .Add("priorityClassName", runners.PriorityClassName)
        .BuildIfAny();
}
