namespace LoadTesting.Model.Contract;

/// <summary>
/// All that the operator and a runner's agent share besides the exposition format. The agent serves HTTP/1.1, in a Pod over TLS with the run's own key, and
/// wants the bearer token: without it, it tells probes whether it works and is ready, and nothing else.
/// <code>
/// GET  /healthz   200 while the process works                                                        (liveness)
/// GET  /readyz    200 once the plan is loaded, the target resolved, the virtual users made           (readiness; the start barrier counts these)
/// GET  /metrics   the latest snapshot; format by Accept; never a reset: the final one stays          (token; heartbeat)
/// GET  /plan      the plan this runner works on, as JSON                                             (token)
/// POST /await     waits until the target answers as `ready` says, or the deadline; answers as /setup   (token; runner 0 only)
/// POST /setup     runs setup, answers {"ok":bool,"message":…,"values":{…}}; again: the same answer   (token; runner 0 only)
///                 a stage that comes to a job answers {"ok":false,"job":{…}} instead (<see cref="JobOrder"/>) and waits; asked again with the body
///                 {"job":{"ordinal":…,"exitCode":…,"output":…}} (<see cref="JobResult"/>) it goes on
/// POST /start     body {"at":"RFC 3339 instant","setup":{…}}: start then; again with the same instant: no effect (token)
///                 with "resumeAt":"RFC 3339 instant": replace a lost runner from then on; "at" stays the run's T0
/// POST /observe   body {"start":…,"due":[…]}: asks Prometheus, answers {"answers":[…]} (ObservationMessages); any runner may be asked, and again (token)
/// POST /stop      no iteration starts any more; with ?interrupt=true those in flight are cut off; again: no effect (token)
/// POST /verify    after the load: as /setup                                                           (token; runner 0 only)
/// POST /teardown  after the load: as /setup                                                           (token; runner 0 only)
/// POST /ack       the final snapshot is safe elsewhere: the process may end                          (token)
/// </code>
/// A second port, without TLS and token, has /metrics in Prometheus' formats alone, rendered at most once a second.
/// </summary>
public static class AgentContract
{
    /// <summary>TCP port of the agent unless <see cref="PortVariable"/> says otherwise.</summary>
    public const int DefaultPort = 6565;

    /// <summary>Name of that port in the Pod, for ServiceMonitors and NetworkPolicies.</summary>
    public const string PortName = "agent";

    /// <summary>TCP port for scrapes in a runner's Pod.</summary>
    public const int DefaultMetricsPort = 6566;

    /// <summary>Name of that port in the Pod, for PodMonitors and NetworkPolicies.</summary>
    public const string MetricsPortName = "metrics";

    /// <summary>Path of the liveness probe.</summary>
    public const string HealthPath = "/healthz";

    /// <summary>Path of the readiness probe.</summary>
    public const string ReadyPath = "/readyz";

    /// <summary>Path of the snapshot.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Path of the plan.</summary>
    public const string PlanPath = "/plan";

    /// <summary>Path that waits for the target, before setup. The answer's message says what was missing at the deadline.</summary>
    public const string AwaitPath = "/await";

    /// <summary>Path that runs setup.</summary>
    public const string SetupPath = "/setup";

    /// <summary>Path that runs verify.</summary>
    public const string VerifyPath = "/verify";

    /// <summary>Path that runs teardown.</summary>
    public const string TeardownPath = "/teardown";

    /// <summary>Path that takes the start instant.</summary>
    public const string StartPath = "/start";

    /// <summary>Path that asks Prometheus what the test observes.</summary>
    public const string ObservePath = "/observe";

    /// <summary>Path that stops the load.</summary>
    public const string StopPath = "/stop";

    /// <summary>Query parameter of <see cref="StopPath"/>: <c>true</c> cuts off iterations in flight, also after a graceful stop.</summary>
    public const string InterruptParameter = "interrupt";

    /// <summary>Path that releases the final snapshot.</summary>
    public const string AckPath = "/ack";

    /// <summary>Environment variable: path of the plan file. Required.</summary>
    public const string PlanFileVariable = "LOADTEST_PLAN_FILE";

    /// <summary>
    /// Environment variable: how many parts the plan file has. Absent: the file of <see cref="PlanFileVariable"/> is the manifest. From 1 on: the manifest is
    /// gzip-compressed, and its parts are the files of that name with <c>.0</c>, <c>.1</c>, … behind it (<see cref="PlanFiles"/>).
    /// </summary>
    public const string PlanPartsVariable = "LOADTEST_PLAN_PARTS";

    /// <summary>Environment variable: this runner's 0-based index. Required.</summary>
    public const string IndexVariable = "LOADTEST_RUNNER_INDEX";

    /// <summary>Environment variable: how many runners there are, ≥ 1. Required.</summary>
    public const string CountVariable = "LOADTEST_RUNNER_COUNT";

    /// <summary>Environment variable: the run's unique id. Required; a verb that names another run is refused.</summary>
    public const string RunIdVariable = "LOADTEST_RUN_ID";

    /// <summary>Environment variable: path of a file with the bearer token; the value itself is never in the environment. Required.</summary>
    public const string TokenFileVariable = "LOADTEST_TOKEN_FILE";

    /// <summary>
    /// Environment variable: which process of this index it is: 0 (the default) for the first, one more for each replacement of a lost one. Goes into every snapshot.
    /// </summary>
    public const string IncarnationVariable = "LOADTEST_INCARNATION";

    /// <summary>Environment variable: TCP port, 1…65535; 0 = any free one. Default <see cref="DefaultPort"/>.</summary>
    public const string PortVariable = "LOADTEST_AGENT_PORT";

    /// <summary>Environment variable: TCP port on which anybody may scrape the metrics, without TLS; absent: they are on the agent's port.</summary>
    public const string MetricsPortVariable = "LOADTEST_METRICS_PORT";

    /// <summary>Environment variable: path of the certificate (PEM) that the agent's port answers with; absent: it is served without TLS.</summary>
    public const string CertificateFileVariable = "LOADTEST_TLS_CERT_FILE";

    /// <summary>Environment variable: path of its private key (PEM).</summary>
    public const string PrivateKeyFileVariable = "LOADTEST_TLS_KEY_FILE";

    /// <summary>Environment variable: seconds that a finished runner waits for <see cref="AckPath"/> before it ends by itself. Default 3600.</summary>
    public const string AckTimeoutVariable = "LOADTEST_ACK_TIMEOUT_SECONDS";

    /// <summary>Header, request: the run id that a verb is meant for. Response to who has the token: the run id that answers.</summary>
    public const string RunIdHeader = "X-Loadtest-Run";

    /// <summary>Response header of every answer to who has the token: this runner's 0-based index.</summary>
    public const string IndexHeader = "X-Loadtest-Runner";

    /// <summary>Response header of every answer to who has the token: the agent's state, one of <see cref="AgentStates"/>.</summary>
    public const string StateHeader = "X-Loadtest-State";

    /// <summary>Response header of every answer to who has the token: the runner's wall clock when it wrote the answer, Unix nanoseconds; the middle of a round trip gives its offset.</summary>
    public const string ClockHeader = "X-Loadtest-Clock";

    /// <summary>
    /// Request header of <see cref="MetricsPath"/>: the snapshot that the asker has (<c>SnapshotFollower.Known</c>), so that an answer in the compact format carries only
    /// what has changed since. A runner that does not know it answers with the whole.
    /// </summary>
    public const string KnownHeader = "X-Loadtest-Known";

    /// <summary>Authentication scheme of <c>Authorization</c>.</summary>
    public const string AuthorizationScheme = "Bearer";
}
