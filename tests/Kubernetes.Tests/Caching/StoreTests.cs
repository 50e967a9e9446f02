using LoadTesting.Kubernetes.Caching;
using LoadTesting.Kubernetes.Objects;

namespace LoadTesting.Kubernetes.Tests.Caching;

public sealed class StoreTests
{
    private readonly Store<ConfigMap> _store = new();

    [Fact]
    public void A_newer_state_updates_and_an_older_or_equal_one_is_ignored()
    {
        Assert.Equal(ChangeType.Added, Assert.Single(_store.Put(Item("a", 5))).Type);
        Assert.Equal(ChangeType.Updated, Assert.Single(_store.Put(Item("a", 7))).Type);
        Assert.Empty(_store.Put(Item("a", 7)));
        Assert.Empty(_store.Put(Item("a", 6)));
        Assert.Equal("7", _store.Find(new("shop", "a"))!.Metadata.ResourceVersion);
    }

    [Fact]
    public void A_namesake_with_another_uid_means_that_the_first_was_deleted()
    {
        _store.Put(Item("a", 5, uid: "one"));
        var changes = _store.Put(Item("a", 9, uid: "two"));
        Assert.Equal([ChangeType.Deleted, ChangeType.Added], changes.Select(c => c.Type));
        Assert.True(changes[0].FinalStateUnknown);
        Assert.Equal("one", changes[0].Old!.Metadata.Uid);
    }

    [Fact]
    public void A_late_deletion_of_a_predecessor_spares_the_successor()
    {
        _store.Put(Item("a", 9, uid: "two"));
        Assert.Empty(_store.Remove(Item("a", 7, uid: "one")));
        Assert.Equal(1, _store.Count);
    }

    [Fact]
    public void What_a_list_lacks_is_deleted_with_its_final_state_unknown()
    {
        _store.Replace([Item("a", 1), Item("b", 2)]);
        var changes = _store.Replace([Item("b", 2), Item("c", 3)]);
        Assert.Equal([("a", ChangeType.Deleted, true), ("c", ChangeType.Added, false)], changes.Select(c => (c.Name.Name, c.Type, c.FinalStateUnknown)));
    }

    [Fact]
    public void Indexes_follow_every_change()
    {
        _store.AddOwnerIndex();
        _store.AddNamespaceIndex();
        _store.AddIndex("value", c => c.Data.TryGetValue("value", out var v) ? [v] : []);
        _store.Put(Item("a", 1, owner: "o1", value: "x"));
        _store.Put(Item("b", 2, owner: "o1", value: "y"));
        _store.Put(Item("a", 3, owner: "o2", value: "y"));
        Assert.Equal(["b"], Names(_store.OwnedBy("o1")));
        Assert.Equal(["a"], Names(_store.OwnedBy("o2")));
        Assert.Equal(["a", "b"], Names(_store.FindBy("value", "y")));
        Assert.Equal(["a", "b"], Names(_store.FindBy(StoreIndexes.Namespace, "shop")));
        _store.Remove(Item("a", 4, owner: "o2"));
        Assert.Empty(_store.OwnedBy("o2"));
        Assert.Equal(["b"], Names(_store.FindBy("value", "y")));
        _store.Replace([]);
        Assert.Empty(_store.FindBy("value", "y"));
    }

    [Fact]
    public void An_index_that_comes_late_knows_what_was_there()
    {
        _store.Put(Item("a", 1, owner: "o1"));
        _store.AddOwnerIndex();
        Assert.Equal(["a"], Names(_store.OwnedBy("o1")));
    }

    [Fact]
    public void Versions_without_order_always_count_as_new()
    {
        _store.Put(Item("a", 1) with { Metadata = new ObjectMeta { Name = "a", Namespace = "shop", ResourceVersion = "abc" } });
        Assert.Single(_store.Put(Item("a", 1) with { Metadata = new ObjectMeta { Name = "a", Namespace = "shop", ResourceVersion = "aab" } }));
    }

    private static IEnumerable<string> Names(IEnumerable<ConfigMap> items) => items.Select(i => i.Metadata.Name!).Order();

    private static ConfigMap Item(string name, int version, string uid = "u", string? owner = null, string value = "") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "shop",
            Uid = uid,
            ResourceVersion = $"{version}",
            OwnerReferences = owner is null ? [] : [new OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = "p", Uid = owner }],
        },
        Data = new Dictionary<string, string> { ["value"] = value },
    };
}
