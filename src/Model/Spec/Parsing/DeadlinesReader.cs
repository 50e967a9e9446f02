using LoadTesting.Model.Validation;

namespace LoadTesting.Model.Spec.Parsing;

/// <summary>Reads <c>deadlines</c>.</summary>
internal static class DeadlinesReader
{
    public static DeadlinesSpec Read(SpecNode node, string path, ICollection<Problem> problems)
    {
        if (ObjectReader.Open(node, path, problems) is not { } reader)
        {
            return new DeadlinesSpec();
        }

        var deadlines = new DeadlinesSpec
        {
            Queue = reader.Duration("queue"),
            Obstacle = reader.Duration("obstacle"),
            Ready = reader.Duration("ready"),
            Setup = reader.Duration("setup"),
            Evaluate = reader.Duration("evaluate"),
        };
        reader.Close();
        return deadlines;
    }
}
