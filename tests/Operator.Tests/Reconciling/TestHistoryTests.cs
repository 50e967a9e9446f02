using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Operator.Workloads;

namespace LoadTesting.Operator.Tests.Reconciling;

/// <summary>
/// What happens to a test over time, which runs are made of it, and what its status says in the end: the number of the run that it shows, its verdict (or phase), and the condition
/// Succeeded. Every history is gone through by an operator that lives all the time, by one that is started anew at every step, by one that dies after each of its writes, and by
/// two of which one always looks at what was there a step ago.
/// </summary>
public sealed class TestHistoryTests
{
    public static TheoryData<string, string, string> Histories => new()
    {
        { "A end", "A", "1 Passed True" },
        { "A", "A", "1 Pending Unknown" },

        // A spec that returns is a new one.
        { "A end down B end A end", "ABA", "3 Failed False" },
        { "A end down B end A", "ABA", "3 Pending Unknown" },
        { "A end down B end up A end", "ABA", "3 Passed True" },
        { "A end B end A end down B end", "ABAB", "4 Failed False" },
        { "A end B end C end A end B end C end", "ABCABC", "6 Passed True" },
        { "down A end up B end down A end", "ABA", "3 Failed False" },

        // What means nothing to a run makes none.
        { "A end label=x label=y", "A", "1 Passed True" },
        { "A end A", "A", "1 Passed True" },
        { "A end history=2 history=5", "A", "1 Passed True" },
        { "A end replace", "A", "1 Passed True" },
        { "A end suspend resume", "A", "1 Passed True" },
        { "A suspend end", "A", "1 Passed True" },
        { "A label=x end label=y", "A", "1 Passed True" },

        // Reruns: a new value asks, a missing one does not, and nothing ever goes back.
        { "A end down rerun=1 end", "AA", "2 Failed False" },
        { "A end down rerun=1", "AA", "2 Pending Unknown" },
        { "A end down rerun=1 end unrerun", "AA", "2 Failed False" },
        { "A end rerun=1 end down rerun=2 end unrerun", "AAA", "3 Failed False" },
        { "A end rerun=1 end rerun=1", "AA", "2 Passed True" },
        { "A end rerun=1 end unrerun rerun=1", "AA", "2 Passed True" },
        { "A end rerun=1 end rerun=2 end down rerun=1 end", "AAAA", "4 Failed False" },
        { "A end rerun=1 end B end A end", "AABA", "4 Passed True" },
        { "A end rerun=1 end unrerun down B end unrerun A end", "AABA", "4 Failed False" },
        { "A rerun=1 end end", "AA", "2 Passed True" },

        // Edits while a run goes on: each is answered, in order, and only the last is shown.
        { "A B", "AB", "2 Pending Unknown" },
        { "A B end", "AB", "2 Pending Unknown" },
        { "A B end down end", "AB", "2 Failed False" },
        { "A end down B A end", "ABA", "3 Pending Unknown" },
        { "A end B A end down end", "ABA", "3 Failed False" },
        { "A B A", "ABA", "3 Pending Unknown" },

        // replace stops runs of other specs, not those of the same, and not those of other people.
        { "A replace B end end", "AB", "2 Passed True" },
        { "A replace B A end end end", "ABA", "3 Passed True" },
        { "A replace rerun=1 end end", "AA", "2 Passed True" },
        { "A replace hand=target B end end end", "AB", "2 Passed True" },

        // suspend: what was not begun waits; what changes meanwhile is judged when it is taken away.
        { "A end suspend B", "A", "- Pending Unknown" },
        { "A end suspend down B resume end", "AB", "2 Failed False" },
        { "A end down suspend B A resume end", "AA", "3 Failed False" },
        { "A end suspend rerun=1 resume", "AA", "2 Pending Unknown" },

        // A spec that cannot be run is not forgiven by an old verdict either.
        { "A end invalid", "A", "- Error False" },
        { "A end down invalid A end", "AA", "3 Failed False" },

        // Runs that are gone.
        { "A end delete=1", "A", "1 Passed True" },
        { "A label=x delete=1", "A", "1 Aborted False" },
        { "A end B end delete=2", "AB", "2 Passed True" },
        { "A end down B end delete=1 A end", "ABA", "3 Failed False" },
        { "history=1 A end B end A end B end C end down A end", "ABABCA", "6 Failed False" },
        { "history=0 A end down B end A end", "ABA", "3 Failed False" },
        { "A end delete=1 down rerun=1 end", "AA", "2 Failed False" },

        // A quota that has no room for the run: nothing older is shown, and it is made as soon as there is.
        { "A end full B", "A", "- Pending Unknown" },
        { "A end down full B room end", "AB", "2 Failed False" },
        { "A end down full B A room end", "AA", "3 Failed False" },

        // Runs by hand speak for themselves.
        { "A end down hand=plain end", "A", "1 Passed True" },
        { "A end down hand=target end", "A", "1 Passed True" },
        { "A end down hand=variables end", "A", "1 Passed True" },
        { "A end down hand=profile end", "A", "1 Passed True" },
        { "A end down hand=copy end", "A", "1 Passed True" },
        { "A end down hand=copy-target end", "A", "1 Passed True" },
        { "down A end up hand=plain end", "A", "1 Failed False" },
        { "down A end up hand=target end", "A", "1 Failed False" },
        { "down A end up hand=copy end", "A", "1 Failed False" },
        { "A hand=target B end end down end", "AB", "2 Failed False" },
        { "A end down hand=squat B end end", "AB", "3 Failed False" },

        // A status that is lost, or older than what happened since.
        { "A end lose", "A", "1 Passed True" },
        { "A end down B end lose", "AB", "2 Failed False" },
        { "A end down B end A end lose", "ABA", "3 Failed False" },
        { "A end save down B end A end restore", "ABA", "3 Failed False" },
        { "A end save down B end restore", "AB", "2 Failed False" },
        { "A end down rerun=1 end unrerun lose", "AA", "2 Failed False" },
        { "A lose end", "A", "1 Passed True" },
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_history_has_these_runs_and_shows_this(string history, string runs, string shown)
    {
        foreach (var (name, play) in Ways)
        {
            var world = new HistoryWorld();
            await play(world, history.Split(' '));
            Assert.Equal((name, runs, shown), (name, string.Concat(world.Made), world.Shown()));
        }
    }

    [Fact]
    public async Task A_status_that_is_lost_with_the_newest_runs_lets_no_older_run_speak_for_the_spec()
    {
        // The runs 2 and 3 and the status are gone: what is left is the Passed of run 1, of the very same spec, from before the target broke.
        var world = new HistoryWorld();
        var one = await PlayAsync(world, "A end down B end A end".Split(' '));
        world.Do("delete=2");
        world.Do("delete=3");
        world.Do("lose");
        await one.SettleAsync();

        Assert.Equal("2 Pending Unknown", world.Shown());
        Assert.Equal("ABAA", string.Concat(world.Made));
    }

    [Theory]
    [InlineData("lax priority=high end strict", "A", "1 Passed True")]
    [InlineData("lax priority=high strict", "A", "1 Pending Unknown")]
    [InlineData("lax priority=high strict end", "A", "1 Passed True")]
    [InlineData("lax priority=high end strict rerun=1", "A", "- Error False")]
    [InlineData("lax priority=high end strict rerun=1 lax", "AA", "2 Pending Unknown")]
    [InlineData("strict priority=high", "", "- Error False")]
    [InlineData("strict priority=high lax", "A", "1 Pending Unknown")]
    [InlineData("strict priority=high A", "", "- Error False")]
    public async Task A_stricter_policy_keeps_the_next_run_from_being_made_and_touches_no_run_that_was_made(string history, string runs, string shown)
    {
        var world = new HistoryWorld();
        foreach (var step in history.Split(' '))
        {
            world.Do(step);
            if (step is not ("strict" or "lax") || world.IsApplied)
            {
                // A policy is that of a process: each step meets one that has just begun.
                await new HistoryWorld.Operator(world).SettleAsync();
            }
        }

        Assert.Equal((runs, shown), (string.Concat(world.Made), world.Shown()));
    }

    [Fact]
    public async Task A_status_of_another_object_of_the_same_name_says_nothing()
    {
        var world = new HistoryWorld();
        await PlayAsync(world, "A end save".Split(' '));
        var copy = new HistoryWorld();
        copy.Do("A");
        var uid = world.Test.Status.Bookkeeping!.Uid;
        Assert.Equal("uid-1", uid);

        var foreign = world.Test.Status with { Bookkeeping = world.Test.Status.Bookkeeping with { Uid = "another" } };
        copy.Adopt(foreign);
        await new HistoryWorld.Operator(copy).SettleAsync();

        Assert.Equal("1 Pending Unknown", copy.Shown());
    }

    [Fact]
    public async Task Changes_that_nobody_saw_and_that_come_back_to_the_spec_that_was_run_last_make_no_run()
    {
        var world = new HistoryWorld();
        await PlayAsync(world, "A end".Split(' '));
        world.Do("B");
        world.Do("A");
        await new HistoryWorld.Operator(world).SettleAsync();

        Assert.Equal("1 Passed True", world.Shown());
        Assert.Equal(3, world.Test.Status.ObservedGeneration);
    }

    [Fact]
    public async Task A_process_with_an_older_view_of_the_test_neither_makes_a_run_nor_writes_a_status()
    {
        var world = new HistoryWorld();
        var old = await PlayAsync(world, "A end".Split(' '));
        await PlayAsync(world, "down B end".Split(' '));
        var before = world.Test.Metadata.ResourceVersion;

        // Its caches still hold A and run 1, then run 2 as well but not B.
        await old.PassAsync();
        old.SeeRuns();
        await old.PassAsync();

        Assert.Equal(("AB", before, "2 Failed False"), (string.Concat(world.Made), world.Test.Metadata.ResourceVersion, world.Shown()));
    }

    [Fact]
    public async Task What_an_operator_before_sequences_had_run_is_not_run_again()
    {
        foreach (var rerun in new[] { null, "1" })
        {
            var world = new HistoryWorld();
            world.Do("A");
            if (rerun is not null)
            {
                world.Do($"rerun={rerun}");
            }

            world.AdoptLegacy();
            var one = new HistoryWorld.Operator(world);
            await one.SettleAsync();
            Assert.Equal(("", "t-1-old Passed True"), (string.Concat(world.Made), world.Shown()));

            await PlayAsync(world, "down B end A end".Split(' '));
            Assert.Equal(("BA", "2 Failed False"), (string.Concat(world.Made), world.Shown()));
        }
    }

    /// <summary>
    /// The oracle is written apart from the operator: a list of what was asked for. A run is shown exactly when it was made for the last thing that was asked for, and the condition
    /// is True exactly when that run has ended with Passed.
    /// </summary>
    [Fact]
    public void No_history_opens_a_gate_by_an_old_run() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(120),
        Prop.ForAll(Gen.Elements("A", "B", "A", "B", "end", "end", "end", "down", "up", "rerun=1", "rerun=2", "unrerun", "suspend", "resume", "history=1", "label=x", "hand=plain", "hand=target", "hand=copy", "invalid", "replace")
            .ArrayOf().Select(steps => (string[])["A", .. steps]).ToArbitrary(), steps =>
        {
            foreach (var (name, play) in Ways)
            {
                var world = new HistoryWorld();
                play(world, steps).GetAwaiter().GetResult();
                var oracle = new Oracle(steps);
                if (oracle.Complaint(world) is { } complaint)
                {
                    throw new InvalidOperationException($"{name}: {string.Join(' ', steps)}: {complaint}");
                }
            }

            return true;
        }));

    /// <summary>With a status that is lost at any instant numbers may differ, and a run more may be made; what is never shown is an old Passed.</summary>
    [Fact]
    public void A_lost_status_opens_no_gate_either() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(120),
        Prop.ForAll(Gen.Elements("A", "B", "A", "B", "end", "end", "end", "down", "up", "rerun=1", "unrerun", "suspend", "resume", "history=1", "history=0", "lose", "lose", "save", "restore", "delete=1", "delete=2", "delete=3")
            .ArrayOf().Select(steps => (string[])["A", "save", .. steps]).ToArbitrary(), steps =>
        {
            foreach (var (name, play) in Ways)
            {
                var world = new HistoryWorld();
                play(world, steps).GetAwaiter().GetResult();
                var parts = world.Shown().Split(' ');
                var isOpen = parts[1] == "Passed" || parts[2] == "True";
                if (isOpen && (parts is not [_, "Passed", "True"] || world.NewestMade is not { } newest || newest.Sequence != parts[0] || newest.Target != (string?)world.Test.Spec!["target"]))
                {
                    throw new InvalidOperationException($"{name}: {string.Join(' ', steps)}: shows {world.Shown()}, the newest run is {world.NewestMade}");
                }
            }

            return true;
        }));

    private static readonly (string Name, Func<HistoryWorld, string[], Task> Play)[] Ways =
    [
        ("one operator", PlayAsync),
        ("started anew at every step", async (world, steps) =>
        {
            foreach (var step in steps)
            {
                world.Do(step);
                await new HistoryWorld.Operator(world).SettleAsync();
            }
        }),
        ("dies after each write", async (world, steps) =>
        {
            foreach (var step in steps)
            {
                world.Do(step);
                for (var deaths = 0; ; deaths++)
                {
                    Assert.True(deaths < 50, "an operator that dies after each write never comes to rest");
                    world.DiesAfter = 1;
                    try
                    {
                        await new HistoryWorld.Operator(world).SettleAsync();
                        break;
                    }
                    catch (OperatorDied)
                    {
                        continue;
                    }
                }
            }
        }),
        ("two, one of which acts a step late", async (world, steps) =>
        {
            HistoryWorld.Operator? late = null;
            foreach (var step in steps)
            {
                world.Do(step);
                if (late is not null)
                {
                    await late.PassAsync();
                }

                late = new HistoryWorld.Operator(world);
                await new HistoryWorld.Operator(world).SettleAsync();
            }
        }),
        ("two, one of them a step behind", async (world, steps) =>
        {
            HistoryWorld.Operator? behind = null;
            foreach (var step in steps)
            {
                world.Do(step);
                if (behind is not null)
                {
                    await behind.PassAsync();
                    behind.SeeRuns();
                    await behind.PassAsync();
                }

                var leader = new HistoryWorld.Operator(world);
                await leader.SettleAsync();
                behind = leader;
            }
        }),
    ];

    private static async Task<HistoryWorld.Operator> PlayAsync(HistoryWorld world, string[] steps)
    {
        HistoryWorld.Operator? one = null;
        foreach (var step in steps)
        {
            world.Do(step);
            one ??= new HistoryWorld.Operator(world);
            await one.SettleAsync();
        }

        return one!;
    }

    /// <summary>What was asked for, counted from the steps alone.</summary>
    private sealed class Oracle
    {
        private readonly string _asked;
        private readonly bool _isInvalid;
        private readonly bool _isHeld;
        private readonly bool _wasStarted;

        public Oracle(string[] steps)
        {
            var (spec, asked, suspended, rerun, started) = ("A", 1, false, (string?)null, true);
            foreach (var step in steps.Skip(1))
            {
                var before = asked;
                switch (step)
                {
                    case "A" or "B" or "invalid" when step != spec:
                        (spec, asked) = (step, asked + 1);
                        break;
                    case "rerun=1" or "rerun=2" when step != rerun:
                        (rerun, asked) = (step, asked + 1);
                        break;
                    case "suspend" or "resume":
                        suspended = step == "suspend";
                        break;
                    default:
                        break;
                }

                started = (started && asked == before) || (!suspended && spec != "invalid");
            }

            (_asked, _isInvalid, _isHeld, _wasStarted) = ($"{asked}", spec == "invalid", suspended, started);
        }

        /// <summary>What is wrong; null when nothing is.</summary>
        public string? Complaint(HistoryWorld world)
        {
            var shown = world.Shown();
            var wanted = _isInvalid ? "- Error False" : _wasStarted ? RunSays(world) : "- Pending Unknown";
            return shown == wanted ? null : $"shows {shown}, expected {wanted} (held: {_isHeld})";
        }

        private string RunSays(HistoryWorld world)
        {
            var name = Names.Run("t", world.Test.Metadata.Uid!, long.Parse(_asked, System.Globalization.CultureInfo.InvariantCulture));
            var run = world.Runs.FirstOrDefault(r => r.Metadata.Name == name);
            var verdict = run?.Status.Verdict;
            return $"{_asked} {verdict ?? "Pending"} {verdict switch { null => "Unknown", "Passed" => "True", _ => "False" }}";
        }
    }
}
