using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LoadTesting.Operator.Workloads;

/// <summary>
/// Names of everything that the operator makes: functions of what it is made for, so that a second attempt, or a second operator, meets the same name and
/// AlreadyExists tells that the work is done.
/// </summary>
public static class Names
{
    // A Pod's host name is its name: 63 characters at most, and "-499-r3" must fit behind a run's name.
    private const int LongestRun = 55;
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private static readonly string[] Stages = ["setup", "verify", "teardown"];

    /// <summary>
    /// The run of a test with a number: the test's name, the number, and five characters that tell apart tests of the same name (deleted and made again).
    /// Nothing else is in it: of two processes that would make the run of one number, for whatever spec, only one can.
    /// </summary>
    /// <param name="test">The test's name.</param>
    /// <param name="uid">The test's uid.</param>
    /// <param name="sequence">From 1.</param>
    public static string Run(string test, string uid, long sequence)
    {
        var tail = string.Create(CultureInfo.InvariantCulture, $"-{sequence}-{Hash($"{uid}/{sequence}")}");
        var head = test.Length + tail.Length <= LongestRun ? test : test[..(LongestRun - tail.Length)].TrimEnd('-', '.');
        return head + tail;
    }

    /// <summary>The Pod of a runner.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="index">0-based.</param>
    /// <param name="incarnation">0 for the first one of the index, one more for each replacement.</param>
    public static string Pod(string run, int index, int incarnation = 0) =>
        incarnation == 0 ? string.Create(CultureInfo.InvariantCulture, $"{run}-{index}") : string.Create(CultureInfo.InvariantCulture, $"{run}-{index}-r{incarnation}");

    /// <summary>The Pod of a job.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="stage">setup, verify or teardown.</param>
    /// <param name="ordinal">0-based number of the job in the stage.</param>
    public static string Job(string run, string stage, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{run}-{stage}-{ordinal}");

    /// <summary>Reads a name as <see cref="Pod"/> writes it; null for any other text.</summary>
    public static (int Index, int Incarnation)? ReadPod(string run, string? name)
    {
        if (Rest(run, name) is not { } rest)
        {
            return null;
        }

        var mark = rest.IndexOf("-r", StringComparison.Ordinal);
        var (index, incarnation) = mark < 0 ? (Number(rest), 0) : (Number(rest[..mark]), Number(rest[(mark + 2)..]));
        // The first one of an index has no mark.
        return index is null || incarnation is null || (mark >= 0 && incarnation == 0) ? null : (index.Value, incarnation.Value);
    }

    /// <summary>Reads a name as <see cref="Job"/> writes it; null for any other text.</summary>
    public static (string Stage, int Ordinal)? ReadJob(string run, string? name) =>
        Rest(run, name)?.Split('-') is [var stage, var number] && Stages.Contains(stage) && Number(number) is { } ordinal ? (stage, ordinal) : null;

    /// <summary>A ConfigMap with the plan, or a part of it.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="part">0-based; a plan of one part has only the first.</param>
    public static string Plan(string run, int part = 0) => part == 0 ? run : string.Create(CultureInfo.InvariantCulture, $"{run}-plan-{part}");

    /// <summary>
    /// The Secret with the token of the agents' verbs. It is never read, so its name has to tell whose it is: no other run, not even a namesake, has the
    /// same.
    /// </summary>
    /// <param name="run">The run's name.</param>
    /// <param name="uid">The run's uid.</param>
    public static string Token(string run, string uid) => $"{run}-{Hash(uid)}";

    /// <summary>The ConfigMap with the evidence.</summary>
    public static string Evidence(string run) => run + "-evidence";

    /// <summary>A ConfigMap with the last words of runners.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="page">0-based.</param>
    public static string Checkpoint(string run, int page) => string.Create(CultureInfo.InvariantCulture, $"{run}-checkpoint-{page}");

    private static string? Rest(string run, string? name) =>
        name is not null && name.StartsWith(run, StringComparison.Ordinal) && name.Length > run.Length + 1 && name[run.Length] == '-' ? name[(run.Length + 1)..] : null;

    /// <summary>A number as we write it: no sign, no leading zeros, no more digits than any index has.</summary>
    private static int? Number(string text) =>
        text.Length is > 0 and <= 6 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0') ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Five characters without vowels and without digits that look like letters, as Kubernetes' own generated names.</summary>
    private static string Hash(string text)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return string.Create(5, digest, static (span, bytes) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Alphabet[bytes[i] % Alphabet.Length];
            }
        });
    }
}
