using System.Collections.Frozen;

namespace LoadTesting.Metrics;

/// <summary>
/// The metrics that every run records: k6's, with k6's names, types and meaning, and beside them the few that a partitioned open-model run needs
/// in order to be honest about itself.
/// </summary>
public static class BuiltInMetrics
{
    /// <summary>Active virtual users; in arrival-rate executors those that execute an iteration.</summary>
    public static readonly MetricDefinition Vus = Gauge("vus");

    /// <summary>Initialised virtual users.</summary>
    public static readonly MetricDefinition VusMax = Gauge("vus_max");

    /// <summary>Iterations that reached their end, also by a failed step; interrupted ones are not among them.</summary>
    public static readonly MetricDefinition Iterations = Counter("iterations");

    /// <summary>Wall time of an iteration, sleeps included.</summary>
    public static readonly MetricDefinition IterationDuration = Time("iteration_duration");

    /// <summary>Planned iterations that never started because no virtual user was free or the time was over.</summary>
    public static readonly MetricDefinition DroppedIterations = Counter("dropped_iterations");

    /// <summary>Iterations that were cut off by the end of the scenario's graceful stop. Ours: k6 only prints this number.</summary>
    public static readonly MetricDefinition InterruptedIterations = Counter("interrupted_iterations");

    /// <summary>Iterations that a failing expression or step ended early. Ours: k6 logs them.</summary>
    public static readonly MetricDefinition IterationErrors = Counter("iteration_errors");

    /// <summary>
    /// Those of them that an error of the test itself ended: an expression, an extract that finds nothing in an expected answer, a row that is not there. Tag
    /// <c>at</c> is the field path of what failed, <c>error</c> what was wrong; both are empty where there were too many to name. A <c>fail</c> step, and
    /// what a failed request led to, are none.
    /// </summary>
    public static readonly MetricDefinition TestErrors = Counter("test_errors");

    /// <summary>
    /// Requests of scenarios that were answered completely, whatever the status. Tag <c>scenario</c>, as of the four below; redirects count each.
    /// </summary>
    public static readonly MetricDefinition RequestsAnswered = Counter("requests_answered");

    /// <summary>
    /// Requests that went to the target and got no complete answer: refused, reset, timed out, cut off by it, malformed. Tags <c>error</c>,
    /// <c>error_code</c>.
    /// </summary>
    public static readonly MetricDefinition RequestsUnanswered = Counter("requests_unanswered");

    /// <summary>
    /// Requests that never left the generator: no URL, a name that does not resolve, blocked by the test's own options, no local port or descriptor. Tags
    /// <c>error</c>, <c>error_code</c>.
    /// </summary>
    public static readonly MetricDefinition RequestsUnsent = Counter("requests_unsent");

    /// <summary>Requests that were under way when their iteration was cut off. They are in no other metric of requests.</summary>
    public static readonly MetricDefinition RequestsCutOff = Counter("requests_cut_off");

    /// <summary>Extracts that found nothing; tag <c>extract</c> is the variable's name. Ours: in k6 the script has to notice.</summary>
    public static readonly MetricDefinition ExtractFailures = Counter("extract_failures");

    /// <summary>How often a step of the test ended the run; tag <c>reason</c> is the reason that it gave. Ours: it tells whoever collects that the run is to end.</summary>
    public static readonly MetricDefinition TestAborts = Counter("test_aborts");

    /// <summary>
    /// Shares of scenarios that ended early because a feeder's unique rows had run out; tag <c>data</c> is the feeder's name. Ours; absent
    /// when there were none.
    /// </summary>
    public static readonly MetricDefinition DataExhausted = Counter("data_exhausted");

    /// <summary>Outcomes of checks; tag <c>check</c> is the check's name.</summary>
    public static readonly MetricDefinition Checks = Rate("checks");

    /// <summary>Wall time of a group, nested ones included.</summary>
    public static readonly MetricDefinition GroupDuration = Time("group_duration");

    /// <summary>HTTP exchanges, each redirect hop on its own.</summary>
    public static readonly MetricDefinition HttpReqs = Counter("http_reqs");

    /// <summary>True when the status was not an expected one or there was no response.</summary>
    public static readonly MetricDefinition HttpReqFailed = Rate("http_req_failed");

    /// <summary>
    /// sending + waiting + receiving; connection set-up is not in it. A request that got no complete answer (refused, reset, timed out, cut off, malformed)
    /// is in the overflow bucket: longer than any limit. An answer with an error status is an answer.
    /// </summary>
    public static readonly MetricDefinition HttpReqDuration = Time("http_req_duration");

    /// <summary>
    /// How long a request that got no complete answer took until that was known: from asking for a connection to the failure. Ours: in k6 it is in
    /// http_req_duration, where failing fast looks like answering fast.
    /// </summary>
    public static readonly MetricDefinition HttpReqFailedDuration = Time("http_req_failed_duration");

    /// <summary>
    /// From asking for a connection to having one: pool wait, DNS, connect, TLS. As of all parts of a request below, a part that was not completed has no
    /// sample.
    /// </summary>
    public static readonly MetricDefinition HttpReqBlocked = Time("http_req_blocked");

    /// <summary>TCP connect; 0 on a reused connection.</summary>
    public static readonly MetricDefinition HttpReqConnecting = Time("http_req_connecting");

    /// <summary>TLS handshake; 0 on a reused connection.</summary>
    public static readonly MetricDefinition HttpReqTlsHandshaking = Time("http_req_tls_handshaking");

    /// <summary>From having the connection to the request being written.</summary>
    public static readonly MetricDefinition HttpReqSending = Time("http_req_sending");

    /// <summary>From the request being written to the first byte of the response.</summary>
    public static readonly MetricDefinition HttpReqWaiting = Time("http_req_waiting");

    /// <summary>From the first byte to the end of the body.</summary>
    public static readonly MetricDefinition HttpReqReceiving = Time("http_req_receiving");

    /// <summary>
    /// From the instant at which an open model wanted the iteration to start, to the end of the response: what a user who does not wait for others
    /// would have seen (no coordinated omission). Without a complete answer it is in the overflow bucket, as <see cref="HttpReqDuration"/> is.
    /// </summary>
    public static readonly MetricDefinition HttpReqIntendedDuration = Time("http_req_intended_duration");

    /// <summary>How late after its intended instant an iteration of an open model started: the generator's own error.</summary>
    public static readonly MetricDefinition SendLag = Time("send_lag");

    /// <summary>Time that virtual users were at work, summed over them; against the planned VU time it says what a closed model delivered. Ours.</summary>
    public static readonly MetricDefinition VuTime = new("vu_time", MetricType.Counter, MetricUnit.Time);

    /// <summary>How late after T0 a runner began: one sample per runner. The spread over all runners is the start skew.</summary>
    public static readonly MetricDefinition StartLag = Time("start_lag");

    /// <summary>
    /// Instants, as time after T0, at which a request that failed in the end was under way: its start, its end, and every half second between. The longest gap is read
    /// from these; resolution is that of the buckets, 0.27 % of the time since T0, and exact for the first and last failure of a run.
    /// </summary>
    public static readonly MetricDefinition FailingAt = Time("failing_at");

    /// <summary>CPU time the generator's process used in a second of load ÷ what it may use (cgroup quota, else cores); one sample per second and runner.</summary>
    public static readonly MetricDefinition GeneratorCpu = Trend("generator_cpu");

    /// <summary>Share of a second for which the kernel held the generator back (CFS throttling); one sample per second and runner, none without a quota.</summary>
    public static readonly MetricDefinition GeneratorThrottled = Trend("generator_throttled");

    /// <summary>How late, at worst in a second, the generator ran what it had planned for an instant; one sample per second and runner.</summary>
    public static readonly MetricDefinition GeneratorStall = Time("generator_stall");

    /// <summary>Time that garbage collection held the generator in a second; one sample per second and runner.</summary>
    public static readonly MetricDefinition GeneratorGcPause = Time("generator_gc_pause");

    /// <summary>Open file descriptors ÷ the process' limit; one sample per second and runner.</summary>
    public static readonly MetricDefinition GeneratorFiles = Trend("generator_files");

    /// <summary>
    /// Seconds in which the generator itself spoiled the measurement. Tag <c>cause</c> says how (<c>send_lag cpu throttling stall gc ports files</c>), tag
    /// <c>from</c> is the first second of the span that the count belongs to; absent when there were too many spans to name.
    /// </summary>
    public static readonly MetricDefinition TaintedSeconds = Counter("tainted_seconds");

    /// <summary>
    /// Readings in the seconds of each such span, with its tags; the largest is the span's: what the cause is measured by, as the metric of the generator
    /// that belongs to it has it (seconds, or a share). None for
    /// <c>ports</c> and <c>files</c>.
    /// </summary>
    public static readonly MetricDefinition TaintedReading = Trend("tainted_reading");

    /// <summary>Restarts of containers of the Pods that <c>spec.observe.pods</c> selects, since T0. Sampled by the operator, as all that begin with <c>target_</c>.</summary>
    public static readonly MetricDefinition TargetRestarts = Counter("target_restarts");

    /// <summary>Containers of these Pods that ended since T0 because they used more memory than they may.</summary>
    public static readonly MetricDefinition TargetOomKills = Counter("target_oom_kills");

    /// <summary>Deletions of these Pods that began since T0.</summary>
    public static readonly MetricDefinition TargetPodDeletions = Counter("target_pod_deletions");

    /// <summary>How many of these Pods are ready and not being deleted; one sample per second.</summary>
    public static readonly MetricDefinition TargetPodsReady = Trend("target_pods_ready");

    /// <summary>How many of these Pods are not ready or being deleted, those that ran to their end excepted; one sample per second.</summary>
    public static readonly MetricDefinition TargetPodsUnready = Trend("target_pods_unready");

    /// <summary>Bytes written to connections, headers and TLS included.</summary>
    public static readonly MetricDefinition DataSent = new("data_sent", MetricType.Counter, MetricUnit.Data);

    /// <summary>Bytes read from connections, headers and TLS included.</summary>
    public static readonly MetricDefinition DataReceived = new("data_received", MetricType.Counter, MetricUnit.Data);

    /// <summary>
    /// Tag sets whose samples went to an overflow series because the worker's bound on series was reached; counted up to the bound again.
    /// Recorded by <see cref="WorkerRecorder"/>; absent when there were none.
    /// </summary>
    public static readonly MetricDefinition FoldedTagSets = Counter("folded_tag_sets");

    /// <summary>
    /// Samples that were no finite number and therefore are in no metric (+∞ of a trend is one: longer than any limit). Recorded by
    /// <see cref="WorkerRecorder"/>; absent when there were none.
    /// </summary>
    public static readonly MetricDefinition RejectedSamples = Counter("rejected_samples");

    private static readonly FrozenDictionary<string, MetricDefinition> ByName = new[]
    {
        Vus, VusMax, Iterations, IterationDuration, DroppedIterations, InterruptedIterations, IterationErrors, TestErrors,
        RequestsAnswered, RequestsUnanswered, RequestsUnsent, RequestsCutOff, ExtractFailures, TestAborts, DataExhausted, Checks, GroupDuration,
        HttpReqs, HttpReqFailed, HttpReqDuration, HttpReqFailedDuration, HttpReqBlocked, HttpReqConnecting, HttpReqTlsHandshaking, HttpReqSending, HttpReqWaiting,
        HttpReqReceiving, HttpReqIntendedDuration, SendLag, VuTime, StartLag, FailingAt, GeneratorCpu, GeneratorThrottled, GeneratorStall,
        GeneratorGcPause, GeneratorFiles, TaintedSeconds, TaintedReading, TargetRestarts, TargetOomKills, TargetPodDeletions, TargetPodsReady, TargetPodsUnready, DataSent, DataReceived, FoldedTagSets, RejectedSamples,
    }.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    private static readonly FrozenSet<MetricDefinition> Reserved = new[]
    {
        Vus, VusMax, Iterations, IterationDuration, DroppedIterations, InterruptedIterations, IterationErrors, TestErrors, RequestsAnswered, RequestsUnanswered, RequestsUnsent, RequestsCutOff,
        TestAborts, DataExhausted, SendLag, VuTime, StartLag, GeneratorCpu, GeneratorThrottled, GeneratorStall, GeneratorGcPause, GeneratorFiles, TaintedSeconds, TaintedReading, DataSent, DataReceived,
        FoldedTagSets, RejectedSamples,
    }.ToFrozenSet();

    /// <summary>All of them, in no particular order.</summary>
    public static IReadOnlyCollection<MetricDefinition> All => ByName.Values;

    /// <summary>The built-in metric of that name, or null.</summary>
    public static MetricDefinition? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>
    /// Whether the metric belongs to the run's own accounting, which the verdict reads: a recorder keeps every series of it, however many others there are.
    /// How many there can be follows from the test (scenarios, runners, causes), never from what is measured.
    /// </summary>
    public static bool IsReserved(MetricDefinition metric) => Reserved.Contains(metric);

    private static MetricDefinition Counter(string name) => new(name, MetricType.Counter);

    private static MetricDefinition Gauge(string name) => new(name, MetricType.Gauge);

    private static MetricDefinition Rate(string name) => new(name, MetricType.Rate);

    private static MetricDefinition Trend(string name) => new(name, MetricType.Trend);

    private static MetricDefinition Time(string name) => new(name, MetricType.Trend, MetricUnit.Time);
}
