using System.Globalization;

namespace LoadTesting.Runner.Loops;

/// <summary>
/// Threads that only matter in the long run give way to those that have instants to keep: on a processor that both share, the runtime's compiler may otherwise hold an arrival up for
/// milliseconds. The kernel is told so thread by thread (setpriority(2); a thread may always lower itself and its siblings), because they are the runtime's, which makes them when it
/// likes. Nothing happens where there are no event loops, or no Linux.
/// </summary>
internal sealed class BackgroundThreads
{
    private const string Tasks = "/proc/self/task";

    // The names are the runtime's, as far as the kernel keeps them: 15 characters.
    private static readonly (string Name, int Nice)[] Kinds = [(".NET Tiered Com", 4), (".NET TP Worker", 4), (".NET BGC", 4)];

    private readonly HashSet<string> _known = [];

    /// <summary>Looks for threads that were not there before. Cheap enough for once a second.</summary>
    public void GiveWay()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            foreach (var task in Directory.EnumerateDirectories(Tasks))
            {
                if (_known.Add(task)) GiveWay(task);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A system that shows no threads: then they compete, as they would without this.
        }
    }

    private static void GiveWay(string task)
    {
        try
        {
            var name = File.ReadAllText(Path.Combine(task, "comm")).TrimEnd();
            foreach (var (kind, nice) in Kinds)
            {
                if (name == kind) LinuxScheduling.SetNice(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), nice);
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }
    }
}
