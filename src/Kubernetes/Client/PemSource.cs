namespace LoadTesting.Kubernetes.Client;

/// <summary>Certificates or a key in PEM, given in place or as a file that may be replaced while we run.</summary>
public sealed record PemSource
{
    private readonly string? _text;

    private PemSource(string? text, string? file)
    {
        _text = text;
        File = file;
    }

    /// <summary>The file; null when given in place.</summary>
    public string? File { get; }

    /// <summary>In place.</summary>
    public static PemSource FromText(string pem) => new(pem, null);

    /// <summary>A file, read at every use.</summary>
    public static PemSource FromFile(string path) => new(null, path);

    /// <summary>The PEM text as of now.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Read() => _text ?? System.IO.File.ReadAllText(File!);

    /// <summary>Never the content: it may be a key.</summary>
    public override string ToString() => File ?? "(in place)";
}
