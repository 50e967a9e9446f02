using System.Text.Json;
using System.Text.Json.Nodes;
using LoadTesting.Kubernetes.Objects;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Operator.Api;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// The Pod of a job. A plain Pod and no Job: it runs once whatever becomes of it, its fate is read as that of a runner, and nothing has to be granted for it. Image, resources and
/// volumes are the manifest's; command, arguments and environment are what the runner made of the step's expressions.
/// </summary>
public static class JobPod
{
    /// <summary>Name of the job's container.</summary>
    public const string Container = "job";

    // A last resort for a program that nobody watches any more; its own timeout is kept by the operator, which knows when it began.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    /// <summary>The Pod.</summary>
    /// <param name="run">Whose; as read from the server.</param>
    /// <param name="spec">The effective spec.</param>
    /// <param name="step">What the manifest says.</param>
    /// <param name="order">What the runner asks for.</param>
    /// <param name="stage">setup, verify or teardown.</param>
    /// <exception cref="JsonException">A field that the step takes over from Kubernetes does not have the shape that it has there.</exception>
    public static Pod Of(LoadTestRun run, LoadTestSpec spec, JobStep step, JobOrder order, string stage)
    {
        var runners = spec.Runners;
        var meta = SupportingObjects.Meta(run, Names.Job(run.Metadata.Name!, stage, order.Ordinal));
        var environment = PodParts.Environment(spec);
        foreach (var (name, value) in order.Env)
        {
            environment.Add(new JsonObject { ["name"] = name, ["value"] = value });
        }

        var body = PodParts.Spec(runners, step.Timeout.ToTimeSpan() + Slack, grace: 1, step.RunAsUser);
        body["containers"] = new JsonArray(new JsonObject
        {
            ["name"] = Container,
            ["image"] = step.Image,
            ["command"] = Texts(order.Command),
            ["args"] = Texts(order.Args),
            ["env"] = environment,
            ["resources"] = PodParts.Resources(step.Resources),
            ["securityContext"] = PodParts.ContainerSecurity(readOnlyRoot: false),
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
            ["volumeMounts"] = PodParts.List(step.VolumeMounts),
        });
        body["volumes"] = PodParts.List(step.Volumes);
        var pod = PodParts.Pod(body);
        var labels = new Dictionary<string, string>(meta.Labels, StringComparer.Ordinal) { [Labels.App] = Labels.Job, [Labels.Stage] = stage };
        return pod with { Metadata = meta with { Labels = labels } };
    }

    private static JsonArray? Texts(IReadOnlyList<string> texts) => texts.Count == 0 ? null : new JsonArray([.. texts.Select(t => (JsonNode)t)]);
}
