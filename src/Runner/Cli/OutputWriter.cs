using System.Text;
using LoadTesting.Model.Reporting;

namespace LoadTesting.Runner.Cli;

/// <summary>
/// A standard stream of the process as every verb writes to it. Text from outside reaches no terminal raw, whoever forgot to clean it; and a stream that is
/// gone (a closed terminal, a full disk behind a redirection) takes nothing more instead of ending a run that must still be wound up and judged.
/// </summary>
internal sealed class OutputWriter : TextWriter
{
    private readonly TextWriter _inner;
    private readonly Stream? _stream;
    private readonly bool _filters;
    private readonly bool _spellsOut;
    private volatile bool _isGone;

    private OutputWriter(TextWriter inner, Stream? stream, bool filters)
    {
        (_inner, _stream, _filters) = (inner, stream, filters);
        // Other character sets have no marks and bars; a question mark for both ✓ and ✗ would say nothing.
        _spellsOut = !inner.Encoding.WebName.StartsWith("utf-", StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <summary>The same stream for text that carries terminal sequences of our own.</summary>
    public TextWriter Raw => new OutputWriter(_inner, _stream, filters: false);

    /// <summary>The octets of the stream, past any filter: for reports.</summary>
    public Stream Stream => _stream ?? Stream.Null;

    /// <summary>Standard output of this process.</summary>
    public static OutputWriter Output() => new(Console.Out, Console.OpenStandardOutput(), filters: true);

    /// <summary>Standard error of this process.</summary>
    public static OutputWriter Error() => new(Console.Error, Console.OpenStandardError(), filters: true);

    /// <summary>A writer around another one, for tests.</summary>
    public static OutputWriter Around(TextWriter inner) => new(inner, null, filters: true);

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (_isGone || string.IsNullOrEmpty(value))
        {
            return;
        }

        try
        {
            var text = _filters ? PrintableText.Lines(value) : value;
            _inner.Write(_spellsOut ? AsciiMarks.Replace(text) : text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _isGone = true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>One write for a line: two threads' lines must not mix.</remarks>
    public override void WriteLine(string? value) => Write(value + "\n");

    /// <inheritdoc/>
    public override void WriteLine() => Write("\n");

    /// <inheritdoc/>
    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (_isGone)
        {
            return;
        }

        try
        {
            _inner.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _isGone = true;
        }
    }

    /// <inheritdoc/>
    public override Task FlushAsync()
    {
        Flush();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => FlushAsync();
}
