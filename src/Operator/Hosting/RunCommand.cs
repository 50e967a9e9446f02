using System.CommandLine;
using System.Text.RegularExpressions;
using LoadTesting.Model.Contract;

namespace LoadTesting.Operator.Hosting;

/// <summary><c>loadtest-operator run</c>.</summary>
internal static partial class RunCommand
{
    public static Command Create(Func<string, string?> variable, TimeProvider time)
    {
        var image = new Option<string>("--runner-image") { Description = "Image of runners whose test names none (LOADTEST_RUNNER_IMAGE).", DefaultValueFactory = _ => variable("LOADTEST_RUNNER_IMAGE") ?? "" };
        var pull = new Option<string>("--runner-image-pull-policy") { Description = "Always, IfNotPresent or Never.", DefaultValueFactory = _ => "IfNotPresent" }.AcceptOnlyFromAmong("Always", "IfNotPresent", "Never");
        var watch = new Option<string>("--watch-namespaces", "--watch-namespace") { Description = "Look at these namespaces only, separated by commas (LOADTEST_WATCH_NAMESPACES); all of them when empty.", DefaultValueFactory = _ => variable("LOADTEST_WATCH_NAMESPACES") is { Length: > 0 } several ? several : variable("LOADTEST_WATCH_NAMESPACE") ?? "" };
        var elect = new Option<bool>("--leader-elect") { Description = "Let one of several processes work, by a Lease.", DefaultValueFactory = _ => true };
        var space = new Option<string>("--namespace") { Description = "The operator's own namespace (POD_NAMESPACE).", DefaultValueFactory = _ => variable("POD_NAMESPACE") ?? "default" };
        var metrics = new Option<string>("--metrics-address") { Description = "Address of /metrics; off for none.", DefaultValueFactory = _ => "0.0.0.0:8080" };
        var health = new Option<string>("--health-address") { Description = "Address of /healthz and /readyz; off for none.", DefaultValueFactory = _ => "0.0.0.0:8081" };
        var webhook = new Option<bool>("--webhook") { Description = "Check manifests in admission." };
        var webhookAddress = new Option<string>("--webhook-address") { Description = "Address of the webhook.", DefaultValueFactory = _ => "0.0.0.0:9443" };
        var webhookService = new Option<string>("--webhook-service") { Description = "Service in front of the webhook.", DefaultValueFactory = _ => "loadtest-operator-webhook" };
        var webhookConfiguration = new Option<string>("--webhook-configuration") { Description = "ValidatingWebhookConfiguration to keep trusting the webhook's certificate.", DefaultValueFactory = _ => "loadtest-operator" };
        var format = new Option<string>("--log-format") { Description = "json or text.", DefaultValueFactory = _ => "json" }.AcceptOnlyFromAmong("json", "text");
        var deadlines = new DeadlineOptions(variable);
        var policies = new PolicyOptions(variable);
        var command = new Command("run", "Reconciles LoadTests and LoadTestRuns until told to stop.")
        {
            image, pull, watch, elect, space, metrics, health, webhook, webhookAddress, webhookService, webhookConfiguration, format,
        };
        foreach (var option in deadlines.All.Concat<Option>(policies.All))
        {
            command.Add(option);
        }

        command.SetAction(async (result, cancellation) =>
        {
            if (result.GetValue(image) is not { Length: > 0 } runnerImage)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync("loadtest-operator run: --runner-image or LOADTEST_RUNNER_IMAGE must name the runners' image");
                return ExitCodes.InvalidManifest;
            }

            var problems = new List<string>();
            var watched = Namespaces(result.GetValue(watch), problems);
            var limits = deadlines.Read(result, problems);
            var policy = policies.Read(result, problems);
            if (problems.Count > 0)
            {
                foreach (var problem in problems)
                {
                    await result.InvocationConfiguration.Error.WriteLineAsync($"loadtest-operator run: {problem}");
                }

                return ExitCodes.InvalidManifest;
            }

            var options = new OperatorOptions
            {
                RunnerImage = runnerImage,
                RunnerImagePullPolicy = result.GetValue(pull)!,
                WatchNamespaces = watched,
                Deadlines = limits,
                LeaderElect = result.GetValue(elect),
                Namespace = result.GetValue(space)!,
                // Not the host's or the Pod's name alone: a restarted process must not take itself for its predecessor.
                Identity = $"{variable("POD_NAME") ?? Environment.MachineName}_{Guid.NewGuid():N}",
                MetricsAddress = Address(result.GetValue(metrics)),
                HealthAddress = Address(result.GetValue(health)),
                Policy = policy,
                Webhook = result.GetValue(webhook),
                WebhookAddress = result.GetValue(webhookAddress)!,
                WebhookService = result.GetValue(webhookService)!,
                WebhookConfiguration = result.GetValue(webhookConfiguration)!,
                JsonLogs = result.GetValue(format) == "json",
            };
            return await OperatorHost.RunAsync(options, time, result.InvocationConfiguration.Error, cancellation);
        });
        return command;
    }

    /// <summary>Names of namespaces, separated by commas; each once.</summary>
    internal static IReadOnlyList<string> Namespaces(string? text, ICollection<string> problems)
    {
        var names = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in names.Where(n => n.Length > 63 || !Label().IsMatch(n)))
        {
            problems.Add($"--watch-namespaces: '{name}' is no name of a namespace (small letters, digits and dashes, at most 63)");
        }

        return names;
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex Label();

    private static string? Address(string? text) => text is null or "" or "off" ? null : text;
}
