using System.Text.Json.Nodes;
using LoadTesting.Model.Spec;

namespace LoadTesting.Model.Contract;

/// <summary>
/// A job that a stage has come to: what a runner asks its operator for. What decides which program runs with which rights (image, resources, volumes) is not in it: that the
/// operator takes from the manifest's step.
/// </summary>
/// <param name="Ordinal">0-based number of the job among those that the stage has come to; the same job has the same number however often it is asked for.</param>
/// <param name="Path">Field path of the step, e.g. <c>spec.verify[1].job</c>.</param>
/// <param name="Name">What messages call it.</param>
/// <param name="Command">The step's command with its expressions evaluated.</param>
/// <param name="Args">The step's arguments with their expressions evaluated.</param>
/// <param name="Env">The step's environment with its expressions evaluated.</param>
public sealed record JobOrder(int Ordinal, string Path, string Name, IReadOnlyList<string> Command, IReadOnlyList<string> Args, OrderedMap<string> Env)
{
    /// <summary>Field of a stage's answer that holds an order.</summary>
    public const string Field = "job";

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["ordinal"] = Ordinal,
        ["path"] = Path,
        ["name"] = Name,
        ["command"] = new JsonArray([.. Command.Select(c => (JsonNode)c)]),
        ["args"] = new JsonArray([.. Args.Select(a => (JsonNode)a)]),
        ["env"] = new JsonObject(Env.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value))),
    };

    /// <summary>From JSON.</summary>
    /// <exception cref="InvalidOperationException">A field has another type.</exception>
    /// <exception cref="FormatException">A number is none.</exception>
    public static JobOrder Read(JsonObject json) => new(
        (int?)json["ordinal"] ?? 0,
        (string?)json["path"] ?? "",
        (string?)json["name"] ?? "",
        Texts(json["command"]),
        Texts(json["args"]),
        new OrderedMap<string>((json["env"]?.AsObject() ?? []).Select(e => KeyValuePair.Create(e.Key, (string?)e.Value ?? ""))));

    private static IReadOnlyList<string> Texts(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(t => (string?)t ?? "")];
}

/// <summary>How a job ended: its exit code and output, or why there are none.</summary>
/// <param name="Ordinal">Of the <see cref="JobOrder"/>.</param>
/// <param name="ExitCode">The program's; meaningless where there is a <see cref="Reason"/>.</param>
/// <param name="Output">The first <see cref="JobStep.MostOutput"/> octets of what it printed.</param>
public sealed record JobResult(int Ordinal, int ExitCode, string Output)
{
    /// <summary>Why the program could not be run to its end, one of <see cref="Judging.Reasons"/> for Error; null when it was.</summary>
    public string? Reason { get; init; }

    /// <summary>What is to be said about that, or about an exit code: one clause; null = nothing.</summary>
    public string? Message { get; init; }

    /// <summary>A job that came to no result.</summary>
    public static JobResult None(int ordinal, string reason, string message) => new(ordinal, -1, "") { Reason = reason, Message = message };

    /// <summary>As JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["ordinal"] = Ordinal, ["exitCode"] = ExitCode, ["output"] = Output };
        if (Reason is not null)
        {
            json["reason"] = Reason;
        }

        if (Message is not null)
        {
            json["message"] = Message;
        }

        return json;
    }

    /// <summary>From JSON.</summary>
    /// <exception cref="InvalidOperationException">A field has another type.</exception>
    /// <exception cref="FormatException">A number is none.</exception>
    public static JobResult Read(JsonObject json) => new((int?)json["ordinal"] ?? -1, (int?)json["exitCode"] ?? -1, (string?)json["output"] ?? "")
    {
        Reason = (string?)json["reason"],
        Message = (string?)json["message"],
    };
}
