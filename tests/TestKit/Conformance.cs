using System.Text.Json;
using Xunit;

namespace LoadTesting.TestKit;

/// <summary>
/// Reads the k6 and CEL conformance cases, which live beside the checkout (or where <c>LOADTEST_CONFORMANCE</c> points) and are never
/// copied into it. A test that needs them skips with the reason when they are absent.
/// </summary>
public static class Conformance
{
    /// <summary>The folder; may not exist.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("LOADTEST_CONFORMANCE")
        ?? Path.GetFullPath(Path.Combine(RepositoryPaths.Root, "..", "shared", "conformance"));

    /// <summary>The cases of one file, e.g. <c>durations.json</c> or <c>cel/basic.json</c>; skips the calling test when the folder is absent.</summary>
    public static IReadOnlyList<JsonElement> Cases(string file)
    {
        var path = Path.Combine(Folder, file);
        Skip.IfNot(File.Exists(path), $"conformance data not found at {path}; set LOADTEST_CONFORMANCE");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(e => e.Clone())];
    }
}
