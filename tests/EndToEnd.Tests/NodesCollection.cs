using LoadTesting.TestKit;

namespace LoadTesting.EndToEnd.Tests;

/// <summary>
/// Tests that need the whole cluster of two nodes for themselves: they kill nodes, install an operator that looks at every namespace, or measure. They run when the
/// others, which take <see cref="NodesFixture"/> as a class fixture and keep to a namespace, have ended.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NodesCollection : ICollectionFixture<NodesFixture>
{
    public const string Name = "nodes";
}
