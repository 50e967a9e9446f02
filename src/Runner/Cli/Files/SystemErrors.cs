namespace LoadTesting.Runner.Cli.Files;

/// <summary>What the system says when a file cannot be used, as a sentence without the platform's words.</summary>
internal static class SystemErrors
{
    /// <summary>ENOENT.</summary>
    public const int NoEntry = 2;

    /// <summary>Whether an exception says that a file cannot be used.</summary>
    public static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>Why a file cannot be used, as the end of a sentence.</summary>
    public static string Sentence(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied",
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "there is no such folder",
        // The platform's word for EFBIG.
        ArgumentOutOfRangeException => Sentence(27)!,
        // The platform leaves errno where other systems have their own codes.
        IOException when Sentence(e.HResult) is { } known => known,
        _ => Unplaced(e.Message),
    };

    /// <summary>The same for an errno; null for one that says nothing about files.</summary>
    public static string? Sentence(int errno) => errno switch
    {
        1 or 13 => "permission denied",
        NoEntry => "there is no such file",
        5 => "the device or terminal behind it does not answer",
        6 => "there is nobody at the other end of it",
        20 => "a part of the path is a file, not a folder",
        26 => "it is a program that is running",
        27 => "the file would be larger than allowed (ulimit -f)",
        28 => "no space left on the device",
        30 => "the file system is read-only",
        32 => "its reader went away",
        36 => "the name is too long",
        40 => "the links lead in a circle",
        122 => "the disk quota is used up",
        _ => null,
    };

    // "No such device : '/path'": the path stands in the sentence already.
    private static string Unplaced(string message)
    {
        var place = message.IndexOf(" : '", StringComparison.Ordinal);
        return (place < 0 ? message : message[..place]).TrimEnd('.');
    }
}
