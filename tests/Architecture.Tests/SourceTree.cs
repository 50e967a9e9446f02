using LoadTesting.TestKit;

namespace LoadTesting.Architecture.Tests;

/// <summary>The checkout's own source files, without what the build writes.</summary>
internal static class SourceTree
{
    public static IEnumerable<string> Files(string folder, string pattern = "*.cs")
    {
        var root = Path.Combine(RepositoryPaths.Root, folder);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
                .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)
                    && !f.Contains("/artifacts/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
            : [];
    }

    public static string Relative(string path) => Path.GetRelativePath(RepositoryPaths.Root, path).Replace('\\', '/');

    /// <summary>Lines with their 1-based numbers, comment lines left out.</summary>
    public static IEnumerable<(string Line, int Number)> CodeLines(string file) =>
        File.ReadLines(file).Select((line, i) => (Line: line, Number: i + 1)).Where(l => !l.Line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
