namespace LoadTesting.Expressions.Checking;

/// <summary>Comprehension variables in sight, innermost first.</summary>
internal sealed class Scope(Scope? outer, string name, int local, CelType type)
{
    public string Name => name;

    public int Local => local;

    public CelType Type => type;

    public Scope? Outer => outer;

    public static Scope? Find(Scope? scope, string name)
    {
        while (scope is not null && scope.Name != name)
        {
            scope = scope.Outer;
        }

        return scope;
    }
}
