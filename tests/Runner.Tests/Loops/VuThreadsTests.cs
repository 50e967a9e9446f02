using System.Globalization;
using LoadTesting.Runner.Engine;
using LoadTesting.Runner.Http;
using LoadTesting.Runner.Http.Wire;
using LoadTesting.Runner.Loops;

namespace LoadTesting.Runner.Tests.Loops;

/// <summary>Where virtual users' code runs, and what stands back behind it.</summary>
public sealed class VuThreadsTests
{
    [Fact]
    public async Task Whoever_enters_a_lane_is_on_its_loop_however_quick_the_loop_is()
    {
        await using var host = new LoopSenderFactory(new HttpSettings(), TimeProvider.System, loops: 2);
        var threads = new VuThreads(host);
        for (var round = 0; round < 2_000; round++)
        {
            // From one of the platform's threads each time.
            await Task.Run(async () =>
            {
                await threads.Enter(round % 2);
                Assert.Same(host.Loop(round % 2), EventLoop.Current);
                Assert.True(ExecutionContext.IsFlowSuppressed(), "ambient values came along");
            });
        }
    }

    [Fact]
    public async Task Without_loops_entering_goes_on_where_it_is()
    {
        var threads = new VuThreads(null);
        var before = Environment.CurrentManagedThreadId;
        await threads.Enter(0);
        Assert.Equal(before, Environment.CurrentManagedThreadId);
        Assert.Equal((1, 0), (threads.Lanes, threads.Loops));
    }

    [Fact]
    public async Task The_platforms_threads_stand_back_behind_the_loops()
    {
        await using var host = new LoopSenderFactory(new HttpSettings(), TimeProvider.System, loops: 1);
        _ = host.Loop(0);
        await Task.Yield();
        new VuThreads(host).PreferLoops();
        var seen = Directory.GetDirectories("/proc/self/task").Select(Thread).OfType<(string Name, int Nice)>().ToList();
        Assert.Contains(seen, t => t.Name == ".NET TP Worker" && t.Nice > 0);
        Assert.DoesNotContain(seen, t => t.Name == "loadtest-0" && t.Nice > 0);
    }

    [Fact]
    public void Descriptors_for_the_connections_of_all_users_have_their_place_before_they_come()
    {
        Linux.ExpectConnections(700);
        Assert.True(Status("FDSize:") >= 700, $"the table has {Status("FDSize:")} places");
    }

    [Fact]
    public void The_number_of_open_files_is_the_size_of_their_folder_since_Linux_6_2()
    {
        Assert.Equal(0, Linux.SizeOf("/no/such/path"u8));
        var open = Enumerable.Range(0, 300).Select(_ => File.OpenRead("/dev/null")).ToList();
        var size = Linux.SizeOf("/proc/self/fd"u8);
        open.ForEach(f => f.Dispose());
        if (Environment.OSVersion.Version >= new Version(6, 2)) Assert.True(size > 300, $"{size} open files");
        else Assert.Equal(0, size);
    }

    private static (string Name, int Nice)? Thread(string task)
    {
        try
        {
            // proc_pid_stat(5): the 19th field is the nice value; the second, in parentheses, is the name.
            var stat = File.ReadAllText(Path.Combine(task, "stat"));
            var end = stat.LastIndexOf(')');
            return (stat[(stat.IndexOf('(') + 1)..end], int.Parse(stat[(end + 2)..].Split(' ')[16], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int Status(string field) =>
        int.Parse(File.ReadLines("/proc/self/status").Single(l => l.StartsWith(field, StringComparison.Ordinal))[field.Length..], CultureInfo.InvariantCulture);
}
