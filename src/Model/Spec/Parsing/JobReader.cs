using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>job</c>. The Pod fields are handed on as they are.</summary>
internal static class JobReader
{
    public static StepSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return StepReader.Unreadable;
        }

        var standard = new JobStep { Image = "" };
        var job = new JobStep
        {
            Name = reader.String("name"),
            Image = reader.RequiredString("image") ?? "unnamed",
            Command = reader.List("command", NodeValues.String),
            Args = reader.List("args", NodeValues.String),
            Env = reader.Strings("env"),
            Timeout = reader.Duration("timeout") ?? standard.Timeout,
            ExitCodes = reader.Node("exitCodes") is { } codes ? ReadCodes(codes, reader.PathOf("exitCodes"), problems) : standard.ExitCodes,
            RunAsUser = reader.SmallInteger("runAsUser"),
            Resources = reader.Node("resources"),
            Volumes = reader.Node("volumes"),
            VolumeMounts = reader.Node("volumeMounts"),
            Checks = reader.Strings("checks"),
            Extract = reader.Strings("extract"),
        };
        reader.Close();
        return job;
    }

    private static IReadOnlyList<int> ReadCodes(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (node is not SpecList list)
        {
            problems.Add(NodeProblems.WrongType(node, path, "a list of numbers"));
            return [];
        }

        // What does not fit is out of range too, and the rules say so.
        return [.. list.Items.Select((item, i) => NodeValues.Integer(item, SpecPath.Item(path, i), problems)).OfType<long>().Select(c => (int)Math.Clamp(c, -1, 256))];
    }
}
