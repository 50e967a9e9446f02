namespace LoadTesting.Runner.Cli.Files;

/// <summary>
/// Writing to something that is no regular file. A pipe's reader may come late, read slowly or never come: the write waits on a thread of its own, and
/// whoever asked for it goes on after ten seconds without a reader, or a minute without progress of one that came.
/// </summary>
/// <param name="path">What to open.</param>
/// <param name="octets">What to write.</param>
/// <param name="time">Clock of the waiting.</param>
internal sealed class DirectWrite(string path, byte[] octets, TimeProvider time)
{
    private const int Piece = 4096;
    // Who reads page by page has come already.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PatienceForFirst = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // -1 until it is open.
    private int _written = -1;

    /// <summary>Writes it all.</summary>
    /// <param name="waiting">Called once when nobody reads for some seconds.</param>
    /// <param name="giveUp">Ends the waiting.</param>
    /// <returns>Why it is not written; null when it is.</returns>
    public async Task<string?> RunAsync(Action waiting, CancellationToken giveUp)
    {
        // The token of a run that was stopped has fired already; only a signal that comes now is meant.
        using var now = giveUp.IsCancellationRequested ? new CancellationTokenSource() : CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        var writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var (seen, since, hasTold) = (-1, time.GetTimestamp(), false);
        while (!writing.IsCompleted)
        {
            await Task.WhenAny(writing, Task.Delay(Look, time, CancellationToken.None));
            var written = Volatile.Read(ref _written);
            var still = time.GetElapsedTime(since);
            if (written != seen)
            {
                (seen, since) = (written, time.GetTimestamp());
            }
            else if (now.IsCancellationRequested || still >= (written < 0 ? PatienceForFirst : Patience))
            {
                return written < 0 ? "nobody came to read it" : $"its reader took {written} of {octets.Length} bytes and stopped reading";
            }
            else if (!hasTold && still >= Silence)
            {
                hasTold = true;
                waiting();
            }
        }

        return await writing;
    }

    private string? Write()
    {
        try
        {
            var mode = FileStatus.Of(path).Kind == FileKind.Regular ? FileMode.Truncate : FileMode.Open;
            using var stream = new FileStream(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
            Volatile.Write(ref _written, 0);
            for (var at = 0; at < octets.Length; at += Piece)
            {
                stream.Write(octets, at, Math.Min(Piece, octets.Length - at));
                Volatile.Write(ref _written, Math.Min(at + Piece, octets.Length));
            }

            return null;
        }
        catch (Exception e) when (SystemErrors.IsFileError(e))
        {
            return SystemErrors.Sentence(e);
        }
    }
}
