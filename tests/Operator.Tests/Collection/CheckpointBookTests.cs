using FsCheck;
using FsCheck.Fluent;
using LoadTesting.Metrics;
using LoadTesting.Operator.Collection;

namespace LoadTesting.Operator.Tests.Collection;

/// <summary>When what is written, and what a page holds.</summary>
public sealed class CheckpointBookTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_cannot_be_had_again_is_due_at_once_and_the_rest_every_ten_seconds()
    {
        var book = new CheckpointBook(3);
        WorkerSnapshot[] said = [Said(0, 1), Said(1, 1), Said(2, 1)];

        Assert.Empty(book.Due(Start, said, _ => false).Snapshots);
        Assert.Empty(book.Due(Start.AddSeconds(9), said, _ => false).Snapshots);

        var urgent = book.Due(Start.AddSeconds(9), said, s => s.Worker == 1);
        Assert.True(urgent.IsUrgent);
        Assert.Same(said[1], Assert.Single(urgent.Snapshots));
        book.Wrote(said[1]);
        Assert.Empty(book.Due(Start.AddSeconds(9), said, s => s.Worker == 1).Snapshots);

        var round = book.Due(Start.AddSeconds(10), said, s => s.Worker == 1);
        Assert.False(round.IsUrgent);
        Assert.Equal([said[0], said[2]], round.Snapshots);

        // A runner that is being taken away may say more before it ends.
        var more = Said(1, 2);
        Assert.Same(more, Assert.Single(book.Due(Start.AddSeconds(10), [said[0], more], s => s.Worker == 1).Snapshots));
    }

    [Fact]
    public void Before_T0_there_is_nothing_to_keep() =>
        Assert.Empty(new CheckpointBook(1).Due(Start, [new WorkerSnapshot(0, 5, -1, false, Snapshot.Empty)], _ => true).Snapshots);

    [Fact]
    public void The_more_there_is_to_write_the_less_often_it_is_written()
    {
        var book = new CheckpointBook(500);
        Assert.Empty(book.Due(Start, [Said(0, 1)], _ => false).Snapshots);
        book.Began(Start, 64 * 1024 * 100);
        Assert.Empty(book.Due(Start.AddSeconds(99), [Said(0, 1)], _ => false).Snapshots);
        Assert.Single(book.Due(Start.AddSeconds(100), [Said(0, 1)], _ => false).Snapshots);
        Assert.Equal(125, book.Pages.Count);
        Assert.Equal(124, book.PageOf(Said(499, 1))!.Number);
        Assert.Null(book.PageOf(Said(500, 1)));
    }

    [Fact]
    public void A_page_keeps_within_its_budget_and_gives_up_only_what_can_be_had_again()
    {
        var page = new CheckpointPage(0);
        page.Read("1", [("a", 40), ("b", 30)]);

        Assert.Equal("c; -", Fit(("c", 20, false), ("d", 40, false)));
        Assert.Equal("c; a", Fit(("c", 60, true)));
        page.Wrote("2", [("c", 60, true)], ["a"]);

        // Not even all of the rest would make room for it.
        Assert.Equal("-; -", Fit(("d", 45, true)));
        Assert.Equal("d; b", Fit(("d", 40, true)));
        Assert.Equal("-; -", Fit(("c", 80, false)));

        string Fit(params (string, int, bool)[] wanted)
        {
            var (write, giveUp) = page.Fit(wanted, budget: 100);
            return $"{Text(write)}; {Text(giveUp)}";
        }

        static string Text(IReadOnlyList<string> keys) => keys.Count == 0 ? "-" : string.Join(' ', keys);
    }

    [Fact]
    public void Pages_of_any_history_stay_within_the_budget_and_keep_what_was_the_last()
    {
        var entry = from key in Gen.Choose(0, 9) from bytes in Gen.Choose(1, 60) from urgent in Gen.Elements(true, false, false) select (Key: $"k{key}", Bytes: bytes, IsUrgent: urgent);
        Prop.ForAll(entry.NonEmptyListOf().NonEmptyListOf().ToArbitrary(), rounds =>
        {
            var page = new CheckpointPage(0);
            page.Read(null, []);
            var (standing, last) = (new Dictionary<string, int>(), new HashSet<string>());
            foreach (var round in rounds)
            {
                // Of a runner that has said its last nothing comes any more.
                var wanted = round.DistinctBy(w => w.Key).Where(w => !last.Contains(w.Key)).ToList();
                var (write, giveUp) = page.Fit(wanted, budget: 150);
                foreach (var key in giveUp) standing.Remove(key);
                foreach (var key in write) standing[key] = wanted.Single(w => w.Key == key).Bytes;
                last.UnionWith(wanted.Where(w => w.IsUrgent && write.Contains(w.Key)).Select(w => w.Key));
                page.Wrote("v", wanted.Where(w => write.Contains(w.Key)), giveUp);
                if (standing.Values.Sum() > 150 || !last.All(standing.ContainsKey)) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static WorkerSnapshot Said(int worker, long sequence) => new(worker, sequence, 1_000_000_000, false, Snapshot.Empty);
}
