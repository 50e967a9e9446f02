using System.Text;
using LoadTesting.Model.Contract;
using LoadTesting.Model.Spec;
using LoadTesting.Model.Validation;

namespace LoadTesting.Runner.Cli.Manifests;

/// <summary>Reads manifest files: YAML with any number of documents, or JSON. Whatever is wrong with a file is a problem, never an exception.</summary>
public static class ManifestReader
{
    /// <summary>Longest file read.</summary>
    public const int MostBytes = PlanFiles.MostBytes;

    /// <summary>The argument that stands for standard input.</summary>
    public const string StandardInput = "-";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one file, or <paramref name="input"/> for <c>-</c>.</summary>
    public static ManifestFile Read(string path, Stream input) => path == StandardInput ? ReadStream("stdin", input) : ReadFile(path);

    /// <summary>Reads a file.</summary>
    public static ManifestFile ReadFile(string path)
    {
        if (path.Length == 0)
        {
            return Unreadable("(no name)", "the file's name is empty");
        }

        if (Directory.Exists(path))
        {
            return Unreadable(path, "this is a directory; name the manifest files in it");
        }

        try
        {
            using var file = File.OpenRead(path);
            return ReadStream(path, file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable(path, "there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            return Unreadable(path, "the file may not be read (permission denied)");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path, $"the file cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Reads a stream to its end, or to the size limit.</summary>
    public static ManifestFile ReadStream(string name, Stream stream)
    {
        var buffer = new byte[81920];
        using var bytes = new MemoryStream();
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > MostBytes)
                {
                    return Unreadable(name, $"the file is larger than {MostBytes / 1024 / 1024} MiB; load tests are small, is this the right file?");
                }
            }
        }
        catch (IOException e)
        {
            return Unreadable(name, $"the file cannot be read: {e.Message.TrimEnd('.')}");
        }

        try
        {
            return ReadText(name, StrictUtf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        }
        catch (DecoderFallbackException e)
        {
            return Unreadable(name, $"the file is not text in UTF-8 (byte {e.Index + 1} is not valid)", ProblemRules.Syntax);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="name">Shown to people; a name that ends in <c>.json</c> is read as JSON.</param>
    /// <param name="text">The content.</param>
    public static ManifestFile ReadText(string name, string text)
    {
        // The mark says only that the text is Unicode, which it must be anyway.
        text = text.TrimStart('\uFEFF');
        var source = new ManifestSource(name, text);
        var problems = new List<Problem>();
        IReadOnlyList<SpecNode> roots;
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            roots = SpecJson.Read(text, problems) is { } root ? [root] : [];
        }
        else
        {
            roots = YamlNodes.Read(text, problems);
        }

        var all = roots.Select((root, i) => new ManifestDocument(source, i, root)).ToArray();
        var ours = all.Where(d => !d.IsForOthers).ToArray();
        if (ours.Length == 0 && problems.Count == 0)
        {
            problems.Add(new Problem("", ProblemRules.Document, all.Length == 0
                ? "the file is empty: it holds no document"
                : $"the file holds no {ManifestIdentity.Kind}, only objects of other kinds")
            { Position = new(1, 1) });
        }

        return new ManifestFile(source, ours, problems);
    }

    private static ManifestFile Unreadable(string name, string message, string rule = "file") => new(new ManifestSource(name, ""), [], [new Problem("", rule, message)]);
}
