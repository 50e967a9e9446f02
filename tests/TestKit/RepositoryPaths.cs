namespace LoadTesting.TestKit;

/// <summary>Where things are, found from the test assembly upwards: tests never depend on the working directory.</summary>
public static class RepositoryPaths
{
    /// <summary>The checkout's root: the folder with <c>Operator.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of our own cases.</summary>
    public static string TestData => Path.Combine(Root, "tests", "testdata");

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
        {
            if (File.Exists(Path.Combine(dir.FullName, "Operator.sln")))
            {
                return dir.FullName;
            }
        }

        throw new InvalidOperationException($"no Operator.sln above {AppContext.BaseDirectory}");
    }
}
