using System.Buffers;

namespace LoadTesting.Runner.Http.Wire;

/// <summary>
/// Reads one HTTP/1.1 response (RFC 9112) from octets as they come, in pieces of any size. The head is looked at where it lies when it came whole, else it is put
/// together first; bodies are counted and go to a sink. Nothing is allocated for a response that nobody looks into.
/// </summary>
internal sealed class ResponseReader
{
    /// <summary>Longest head, and longest trailer section.</summary>
    public const int LongestHead = 1024 * 1024;

    // One huge head must not stay with each of ten thousand users.
    private const int LargestBufferToHold = 64 * 1024;

    private const string TooLong = "the response's head is longer than 1 MiB";

    private readonly BodySink _body;
    private readonly KnownHeads? _known;
    private ChunkReader? _chunks;
    private byte[] _head = [];
    private int _headLength;
    private int _scanned;
    private long _left;
    private ReaderState _state;
    private bool _isHeadRequest;
    private bool _keepsHead;
    private bool _sawContinue;

    /// <summary>A reader.</summary>
    /// <param name="body">Where bodies go.</param>
    /// <param name="known">Heads that were parsed before, by this reader and others; null = each is parsed.</param>
    public ResponseReader(BodySink body, KnownHeads? known = null)
    {
        (_body, _known) = (body, known);
    }

    /// <summary>What the head said; valid once there is one.</summary>
    public ResponseHead Head { get; private set; }

    /// <summary>The final head's octets, while they are kept: with <see cref="Begin"/>'s keepHead, or when redirects, cookies or encodings need them.</summary>
    public ReadOnlyMemory<byte> HeadOctets => _state >= ReaderState.Body ? _head.AsMemory(0, _headLength) : default;

    /// <summary>Whether octets came that belong to the response: then it is too late to pretend that nothing was sent.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether an interim answer (100 Continue) came since the last look.</summary>
    public bool TakeContinue()
    {
        var came = _sawContinue;
        _sawContinue = false;
        return came;
    }

    /// <summary>What is wrong, in words; null unless the state is <see cref="ReaderState.Malformed"/>.</summary>
    public string? Problem { get; private set; }

    public ReaderState State => _state;

    /// <summary>Gets ready for the answer to a request.</summary>
    /// <param name="isHeadRequest">HEAD: the head is all.</param>
    /// <param name="keepHead">Whether somebody will look at the header fields.</param>
    public void Begin(bool isHeadRequest, bool keepHead)
    {
        (_isHeadRequest, _keepsHead, _state) = (isHeadRequest, keepHead, ReaderState.Head);
        (_headLength, _scanned, HasBegun, Problem, _sawContinue) = (0, 0, false, null, false);
        Head = default;
        if (_head.Length > LargestBufferToHold) Release();
    }

    /// <summary>Gives memory back; what was kept is gone.</summary>
    public void Release()
    {
        if (_head.Length > 0) ArrayPool<byte>.Shared.Return(_head);
        (_head, _headLength) = ([], 0);
    }

    /// <summary>Takes octets in. What is left over after the end of the response is not the response's.</summary>
    /// <returns>How many octets were used; all of them unless the state is <see cref="ReaderState.Complete"/> or <see cref="ReaderState.Malformed"/>.</returns>
    public int Feed(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > 0) HasBegun = true;
        var used = 0;
        while (true)
        {
            var rest = octets[used..];
            switch (_state)
            {
                case ReaderState.Head:
                    if (rest.IsEmpty) return used;
                    used += FeedHead(rest);
                    break;
                case ReaderState.Body:
                    var take = (int)Math.Min(rest.Length, _left);
                    if (take > 0) _body.Write(rest[..take]);
                    (used, _left) = (used + take, _left - take);
                    if (_left > 0) return used;
                    _state = ReaderState.Complete;
                    break;
                case ReaderState.Chunks:
                    used += _chunks!.Feed(rest, _body);
                    if (_chunks.Problem is { } problem) Fail(problem);
                    else if (_chunks.IsComplete) _state = ReaderState.Complete;
                    else return used;
                    break;
                case ReaderState.UntilClose:
                    _body.Write(rest);
                    return octets.Length;
                default:
                    return used;
            }
        }
    }

    /// <summary>The peer sends no more: the end of a body without a length, too early for anything else.</summary>
    public void End()
    {
        if (_state == ReaderState.UntilClose) _state = ReaderState.Complete;
    }

    private int FeedHead(ReadOnlySpan<byte> octets)
    {
        if (_headLength == 0)
        {
            if (_known is not null && _known.TryFind(octets, out var known, out var knownLength))
            {
                Use(known, octets[..knownLength]);
                return knownLength;
            }

            var length = ResponseHead.FindEnd(octets, 0, out _);
            if (length > 0)
            {
                Parse(octets[..length]);
                return length;
            }
        }

        // A piece of a head: put behind what is there already.
        var before = _headLength;
        Append(octets);
        var end = ResponseHead.FindEnd(_head.AsSpan(0, _headLength), _scanned, out _scanned);
        if (end == 0)
        {
            if (_headLength > LongestHead) Fail(TooLong);
            return octets.Length;
        }

        _headLength = end;
        Parse(_head.AsSpan(0, end));
        return end - before;
    }

    private void Parse(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > LongestHead)
        {
            Fail(TooLong);
            return;
        }

        if (!ResponseHead.TryParse(octets, out var head, out var problem))
        {
            Fail(problem);
            return;
        }

        _known?.Keep(octets, head);
        Use(head, octets);
    }

    private void Use(in ResponseHead head, ReadOnlySpan<byte> octets)
    {
        if (head.Status is >= 100 and < 200 and not 101)
        {
            // Interim: the real one follows.
            (_headLength, _scanned, _sawContinue) = (0, 0, true);
            return;
        }

        Head = head;
        if (!_keepsHead && !head.NeedsFields) _headLength = 0;
        else if (_headLength == 0) Append(octets);
        if (!BodyFraming.HasBody(_isHeadRequest, head.Status))
        {
            _state = ReaderState.Complete;
        }
        else if (head.CodingProblem is { } problem)
        {
            Fail(problem);
        }
        else if (head.IsChunked)
        {
            (_chunks ??= new ChunkReader()).Begin();
            _state = ReaderState.Chunks;
        }
        else
        {
            _left = head.ContentLength;
            _state = _left < 0 ? ReaderState.UntilClose : ReaderState.Body;
        }
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        var length = _headLength + octets.Length;
        if (length > _head.Length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(length);
            _head.AsSpan(0, _headLength).CopyTo(bigger);
            if (_head.Length > 0) ArrayPool<byte>.Shared.Return(_head);
            _head = bigger;
        }

        octets.CopyTo(_head.AsSpan(_headLength));
        _headLength = length;
    }

    private void Fail(string problem) => (_state, Problem) = (ReaderState.Malformed, problem);
}

/// <summary>Where a <see cref="ResponseReader"/> is.</summary>
internal enum ReaderState
{
    /// <summary>In the head, or in an interim one.</summary>
    Head,

    /// <summary>In a body of a known length.</summary>
    Body,

    /// <summary>In a body in chunks.</summary>
    Chunks,

    /// <summary>In a body that ends with the connection.</summary>
    UntilClose,

    /// <summary>At the end.</summary>
    Complete,

    /// <summary>What came is no HTTP/1.1 response.</summary>
    Malformed,
}
