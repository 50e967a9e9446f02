using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LoadTesting.TestKit;

/// <summary>What a decoder may do with one input.</summary>
public sealed record FuzzBounds
{
    /// <summary>Bytes that it may allocate for the shortest input.</summary>
    public long BaseBytes { get; init; } = 1 << 20;

    /// <summary>Bytes that it may allocate for each byte of the input. Null does not look, for decoders that work on other threads too.</summary>
    public double? BytesPerByte { get; init; } = 512;

    /// <summary>Exceptions that it declares for bad input; subclasses count. Any other one is a finding.</summary>
    public IReadOnlyList<Type> Declared { get; init; } = [];

    /// <summary>Longest input that is made.</summary>
    public int MaxLength { get; init; } = 1 << 16;

    /// <summary>Inputs of the short pass.</summary>
    public int Cases { get; init; } = 2000;

    /// <summary>After this long one input is taken for endless work. Far above what a busy machine can make of the milliseconds that it takes.</summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>
/// Feeds a decoder with mutations of inputs that it knows. An input is a function of the corpus and one number, its seed, which a finding names:
/// LOADTEST_FUZZ_SEED=number runs that input alone. Without more, a short pass of the same inputs every time, about a second long; with LOADTEST_FUZZ_SECONDS=n
/// new inputs for n seconds (tests/fuzz).
/// </summary>
public static class Fuzz
{
    private const int ShownBytes = 3000;

    private static readonly TimeSpan ShortPass = TimeSpan.FromSeconds(1);

    /// <summary>Mutates bytes.</summary>
    /// <param name="name">Of the decoder, for messages.</param>
    /// <param name="corpus">Inputs that it takes, and near misses.</param>
    /// <param name="decode">Decodes one input on the calling thread, and asserts what must hold of the outcome.</param>
    /// <param name="bounds">What it may do; null for the usual.</param>
    public static void Bytes(string name, IReadOnlyList<byte[]> corpus, Action<byte[]> decode, FuzzBounds? bounds = null)
    {
        bounds ??= new FuzzBounds();
        Run(name, seed => FuzzMutations.Bytes(new Random(seed), corpus, bounds.MaxLength), input => input.Length, decode, input => Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, ShownBytes))), bounds);
    }

    /// <summary>Mutates text, with words of its grammar.</summary>
    /// <param name="name">Of the parser, for messages.</param>
    /// <param name="corpus">Texts that it takes, and near misses.</param>
    /// <param name="words">What the grammar is made of: keywords, operators, brackets, separators.</param>
    /// <param name="parse">Parses one text on the calling thread, and asserts what must hold of the outcome.</param>
    /// <param name="bounds">What it may do; null for the usual.</param>
    public static void Text(string name, IReadOnlyList<string> corpus, IReadOnlyList<string> words, Action<string> parse, FuzzBounds? bounds = null)
    {
        bounds ??= new FuzzBounds();
        Run(name, seed => FuzzMutations.Text(new Random(seed), corpus, words, bounds.MaxLength), input => input.Length, parse, input => input.Length > ShownBytes ? input[..ShownBytes] : input, bounds);
    }

    /// <summary>Inputs of any form, each made from its own generator.</summary>
    /// <param name="name">Of what is tried, for messages.</param>
    /// <param name="make">Makes an input; the same from the same generator.</param>
    /// <param name="length">Its length, for the bound on memory.</param>
    /// <param name="decode">Decodes one input on the calling thread, and asserts what must hold of the outcome.</param>
    /// <param name="bounds">What it may do; null for the usual.</param>
    public static void Any<T>(string name, Func<Random, T> make, Func<T, int> length, Action<T> decode, FuzzBounds? bounds = null) =>
        Run(name, seed => make(new Random(seed)), length, decode, input => $"{input}", bounds ?? new FuzzBounds());

    private static void Run<T>(string name, Func<int, T> make, Func<T, int> length, Action<T> decode, Func<T, string> show, FuzzBounds bounds)
    {
        var only = Number("LOADTEST_FUZZ_SEED");
        var seconds = Number("LOADTEST_FUZZ_SECONDS");
        var first = only ?? (seconds is null ? 1 : Random.Shared.Next());
        var passed = new FuzzPass<T>(make, length, decode, show, bounds, name);
        var thread = new Thread(() => passed.Run(first, only is not null ? 1 : seconds is null ? bounds.Cases : int.MaxValue, seconds is { } time ? TimeSpan.FromSeconds(time) : ShortPass))
        {
            IsBackground = true,
            Name = $"fuzz {name}",
        };
        thread.Start();
        while (!thread.Join(TimeSpan.FromSeconds(1)))
        {
            // The thread of an endless case is left behind: .NET ends none from outside.
            if (passed.IsStuck) throw new FuzzFinding(passed.Describe($"still at work after {bounds.Watchdog.TotalSeconds:0} s"), null);
        }

        if (passed.Finding is { } finding) throw finding;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>One pass over inputs, on one thread; another one looks whether it is stuck.</summary>
    private sealed class FuzzPass<T>(Func<int, T> make, Func<T, int> length, Action<T> decode, Func<T, string> show, FuzzBounds bounds, string name)
    {
        private long _began = Stopwatch.GetTimestamp();
        private int _seed;

        public FuzzFinding? Finding { get; private set; }

        public bool IsStuck => Stopwatch.GetElapsedTime(Interlocked.Read(ref _began)) > bounds.Watchdog;

        public void Run(int first, int cases, TimeSpan time)
        {
            var start = Stopwatch.GetTimestamp();
            // What is allocated once, for the first input of all (tables, static fields), is no input's.
            Try(make(first), measure: false);
            for (var i = 0; i < cases && Finding is null && (i == 0 || Stopwatch.GetElapsedTime(start) < time); i++)
            {
                Volatile.Write(ref _seed, unchecked(first + i) & int.MaxValue);
                Interlocked.Exchange(ref _began, Stopwatch.GetTimestamp());
                Try(make(_seed), measure: true);
            }
        }

        public string Describe(string what, T? input = default, bool hasInput = false)
        {
            var text = new StringBuilder($"{name}: {what}. Replay: LOADTEST_FUZZ_SEED={Volatile.Read(ref _seed)}");
            if (hasInput) text.Append(CultureInfo.InvariantCulture, $". Input of length {length(input!)}: {show(input!)}");
            return text.ToString();
        }

        private void Try(T input, bool measure)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                decode(input);
            }
            catch (Exception e) when (bounds.Declared.Any(d => d.IsInstanceOfType(e)))
            {
                // Declared for bad input.
            }
            catch (Exception e)
            {
                Finding ??= new FuzzFinding(Describe($"{e.GetType().Name}: {e.Message}", input, hasInput: true), e);
                return;
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (measure && bounds.BytesPerByte is { } factor && allocated > bounds.BaseBytes + (factor * length(input)))
            {
                Finding ??= new FuzzFinding(Describe($"{allocated} bytes were allocated, more than {bounds.BaseBytes} + {factor} for each of the input", input, hasInput: true), null);
            }
        }
    }
}

/// <summary>An input that a decoder does not stand, with the number that makes it again.</summary>
public sealed class FuzzFinding(string message, Exception? inner) : Exception(message, inner);
