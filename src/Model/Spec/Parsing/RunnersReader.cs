using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>runners</c>. The Pod fields are handed on as they are.</summary>
internal static class RunnersReader
{
    public static RunnersSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        var standard = new RunnersSpec();
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return standard;
        }

        var runners = new RunnersSpec
        {
            Replicas = ReadReplicas(reader) ?? standard.Replicas,
            OnLoss = ReadPolicy(reader) ?? standard.OnLoss,
            Image = reader.String("image"),
            Resources = reader.Node("resources"),
            NodeSelector = reader.Strings("nodeSelector"),
            Tolerations = reader.Node("tolerations"),
            Affinity = reader.Node("affinity"),
            Labels = reader.Strings("labels"),
            Annotations = reader.Strings("annotations"),
            ImagePullSecrets = reader.Node("imagePullSecrets"),
            Env = reader.Node("env"),
            Volumes = reader.Node("volumes"),
            VolumeMounts = reader.Node("volumeMounts"),
            PriorityClassName = reader.String("priorityClassName"),
        };
        reader.Close();
        return runners;
    }

    private static int? ReadReplicas(ObjectReader reader)
    {
        if (reader.Node("replicas") is SpecScalar { Kind: ScalarKind.String, Text: "auto" })
        {
            reader.Problems.Add(new Problem(reader.PathOf("replicas"), ProblemRules.Unsupported, "'auto' is not supported by this version yet; give a number of runners") { Value = "auto" });
            return null;
        }

        return reader.SmallInteger("replicas");
    }

    private static LossPolicy? ReadPolicy(ObjectReader reader)
    {
        string[] names = ["fail", "continue", "replace"];
        if (reader.String("onLoss") is not { } text)
        {
            return null;
        }

        var index = Array.IndexOf(names, text);
        if (index >= 0)
        {
            return (LossPolicy)index;
        }

        reader.Problems.Add(new Problem(reader.PathOf("onLoss"), ProblemRules.Choice, "onLoss is fail, continue or replace") { Value = text, Suggestion = Nearest.To(text, names) });
        return null;
    }
}
