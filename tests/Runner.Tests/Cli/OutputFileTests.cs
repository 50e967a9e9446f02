using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using LoadTesting.Runner.Cli;
using LoadTesting.Runner.Cli.Files;
using LoadTesting.TestKit;

namespace LoadTesting.Runner.Tests.Cli;

/// <summary>Files that commands write: what a path may name, what becomes of what was there, and what is said when it cannot be.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutputFileTests : IDisposable
{
    // Larger than what a pipe holds, so that a reader is needed.
    private static readonly string Text = new('x', 200_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("loadtest-output-").FullName;
    private readonly SaidLines _error = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _error.Dispose();
    }

    [Fact]
    public async Task A_file_is_made_or_replaced_whole_and_nothing_else_is_left()
    {
        foreach (var text in new[] { Text, "shorter" })
        {
            Assert.Null(await WriteAsync(At("report.json"), text));
            Assert.Equal(text, File.ReadAllText(At("report.json")));
            Assert.Equal(["report.json"], Names());
        }
    }

    [Fact]
    public async Task The_longest_name_that_a_file_may_have_is_written() => Assert.Null(await WriteAsync(At(new string('n', 255)), Text));

    [Theory]
    [InlineData("real.json")]
    [InlineData("../NAME/real.json")]
    [InlineData("second-link")]
    [InlineData("not-there-yet.json")]
    public async Task Links_are_followed_and_stay_links(string to)
    {
        File.WriteAllText(At("real.json"), "old");
        File.CreateSymbolicLink(At("second-link"), At("real.json"));
        File.CreateSymbolicLink(At("link"), to.Replace("NAME", Path.GetFileName(_folder), StringComparison.Ordinal));
        Assert.Null(await WriteAsync(At("link"), Text));
        Assert.NotNull(new FileInfo(At("link")).LinkTarget);
        Assert.Equal(Text, File.ReadAllText(At(to.StartsWith("not", StringComparison.Ordinal) ? to : "real.json")));
    }

    [Fact]
    public async Task A_link_is_followed_from_where_it_stands_also_when_the_path_is_relative()
    {
        File.CreateSymbolicLink(At("link"), "real.json");
        Assert.Null(await WriteAsync(Path.GetRelativePath(Environment.CurrentDirectory, At("link")), Text));
        Assert.Equal(Text, File.ReadAllText(At("real.json")));
    }

    [Fact]
    public async Task Another_name_of_the_file_names_it_still()
    {
        File.WriteAllText(At("one"), "old");
        await RunAsync("ln", At("one"), At("other"));
        Assert.Null(await WriteAsync(At("one"), Text));
        Assert.Equal(Text, File.ReadAllText(At("other")));
        Assert.Equal(["one", "other"], Names());
    }

    [Fact]
    public async Task A_file_keeps_its_mode()
    {
        File.WriteAllText(At("report.json"), "old");
        File.SetUnixFileMode(At("report.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Null(await WriteAsync(At("report.json"), Text));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("report.json")));
    }

    [Theory]
    [InlineData("missing/report.json", "there is no folder")]
    [InlineData(".", "it is a folder")]
    [InlineData("missing/", "it names a folder")]
    [InlineData("file/report.json", "a part of the path is a file")]
    [InlineData("circle", "the links lead in a circle")]
    [InlineData("LONG", "the name is too long")]
    [InlineData("", "the name is empty")]
    [InlineData("a\0b", "")]
    public void What_cannot_be_written_is_refused_before_anything_is_done(string name, string why)
    {
        File.WriteAllText(At("file"), "");
        File.CreateSymbolicLink(At("circle"), At("circle"));
        var (file, said) = OutputFile.Check(name.Length == 0 ? name : At(name.Replace("LONG", new string('l', 256), StringComparison.Ordinal)));
        Assert.Null(file);
        Assert.StartsWith(why, said, StringComparison.Ordinal);
        Assert.Equal(["circle", "file"], Names());
    }

    [Theory]
    [InlineData("/dev/null", null)]
    [InlineData("/dev/full", "no space left on the device")]
    public async Task Devices_are_written_to_and_stay_devices(string device, string? why)
    {
        Assert.Equal(why, await WriteAsync(device, Text));
        Assert.Equal(FileKind.CharacterDevice, FileStatus.Of(device).Kind);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/fd/1")]
    [InlineData("/proc/self/fd/1")]
    public void Standard_output_has_several_names(string name) => Assert.True(OutputFile.Check(name).File!.IsOutput);

    [Fact]
    public async Task A_pipe_waits_for_its_reader_and_stays_a_pipe()
    {
        await RunAsync("mkfifo", At("pipe"));
        var writing = WriteAsync(At("pipe"), Text);
        await Eventually.SeeAsync("it is said that a reader is waited for", () => Task.FromResult(_error.All), said => said.Contains("waiting for a reader", StringComparison.Ordinal));
        Assert.False(writing.IsCompleted);
        using var reader = new StreamReader(At("pipe"));
        Assert.Equal(Text, await reader.ReadToEndAsync());
        Assert.Null(await writing);
        Assert.Equal(FileKind.Pipe, FileStatus.Of(At("pipe")).Kind);
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_said()
    {
        await RunAsync("mkfifo", At("pipe"));
        var writing = WriteAsync(At("pipe"), Text);
        await using (var reader = File.OpenRead(At("pipe")))
        {
            Assert.Equal(10, await reader.ReadAtLeastAsync(new byte[10], 10));
        }

        Assert.Equal("its reader went away", await writing);
    }

    [Fact]
    public async Task Without_a_reader_a_signal_ends_the_waiting()
    {
        await RunAsync("mkfifo", At("pipe"));
        using var signal = new CancellationTokenSource();
        var writing = WriteAsync(At("pipe"), Text, signal.Token);
        await signal.CancelAsync();
        Assert.Equal("nobody came to read it", await writing);
    }

    [Fact]
    public async Task Without_a_reader_the_waiting_ends_after_ten_seconds()
    {
        await RunAsync("mkfifo", At("pipe"));
        var time = new ManualTimeProvider();
        var writing = OutputFile.Check(At("pipe")).File!.WriteAsync(Text, Streams, time, default);
        await Eventually.SeeAsync("it is waited for a reader", () => Task.FromResult(writing.IsCompleted), ended =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return ended;
        });
        Assert.Equal("nobody came to read it", await writing);
        Assert.Contains("waiting for a reader", _error.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_taken_away_and_nothing_else()
    {
        // No process has these numbers.
        var (gone, locked, link) = (At(".loadtest-2147483601.part"), At(".loadtest-2147483602.part"), At(".loadtest-2147483603.part"));
        File.WriteAllText(gone, "half");
        File.WriteAllText(At("else"), "");
        File.CreateSymbolicLink(link, At("else"));
        File.WriteAllText(At(".loadtest-x.part"), "");
        using var living = Process.Start("sleep", ["60"]);
        var alive = At($".loadtest-{living.Id}.part");
        File.WriteAllText(alive, "");
        using (PartFile.Create(locked))
        {
            Assert.Null(await WriteAsync(At("report.json"), Text));
            Assert.Equal([.. new[] { ".loadtest-x.part", Path.GetFileName(locked), Path.GetFileName(link), Path.GetFileName(alive), "else", "report.json" }.Order(StringComparer.Ordinal)], Names());
        }

        // Also where the report is there already.
        Assert.NotNull(OutputFile.Check(At("report.json")).File);
        Assert.DoesNotContain(Path.GetFileName(locked), Names());
        living.Kill();
    }

    [Fact]
    public async Task Who_adds_to_a_file_at_the_same_time_writes_over_nobody()
    {
        File.WriteAllText(At("marks"), "# test\n");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++) AppendedFile.Append(At("marks"), Encoding.UTF8.GetBytes($"{writer} {new string('m', writer)} {i}\n"));
        })));
        var expected = Enumerable.Range(0, 8).SelectMany(writer => Enumerable.Range(0, 200).Select(i => $"{writer} {new string('m', writer)} {i}")).Prepend("# test");
        Assert.Equal(expected.Order(StringComparer.Ordinal), File.ReadAllLines(At("marks")).Order(StringComparer.Ordinal));
        Assert.Equal("there is no such file", Assert.Throws<IOException>(() => AppendedFile.Append(At("missing"), [1])).Message);
    }

    [Fact]
    public async Task A_new_file_replaces_none()
    {
        File.WriteAllText(At("mine.yaml"), "mine");
        Assert.False(await NewFile.WriteAsync(At("mine.yaml"), Text, Streams, TimeProvider.System, default));
        Assert.Contains("mine.yaml was not written: it exists already", _error.All, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(At("mine.yaml")));
        Assert.True(await NewFile.WriteAsync(At("new.yaml"), Text, Streams, TimeProvider.System, default));
        Assert.Equal(["mine.yaml", "new.yaml"], Names());
        Assert.True(await NewFile.WriteAsync("/dev/null", Text, Streams, TimeProvider.System, default));
    }

    private CommandConsole Streams => new(TextWriter.Null, _error);

    private string At(string name) => Path.Combine(_folder, name);

    private List<string> Names() => [.. Directory.EnumerateFileSystemEntries(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private async Task<string?> WriteAsync(string path, string text, CancellationToken giveUp = default)
    {
        var (file, why) = OutputFile.Check(path);
        Assert.True(file is not null, why);
        return await file.WriteAsync(text, Streams, TimeProvider.System, giveUp);
    }

    /// <summary>Lines that one thread writes and another reads.</summary>
    private sealed class SaidLines : TextWriter
    {
        private readonly ConcurrentQueue<string?> _lines = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string All => string.Join('\n', _lines);

        public override void WriteLine(string? value) => _lines.Enqueue(value);

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
